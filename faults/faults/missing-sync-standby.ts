import { setTimeout as sleep } from 'node:timers/promises';
import { casesNamed, keyPlaces } from '../cases/key-places.ts';
import type { Cell, Fault } from '../fault.ts';
import { isConnectionLost } from '../load/broken-request.ts';
import type { Scene } from '../scene.ts';

const OUTAGE_MS = 4_000;

export const missingSyncStandby: Fault = {
  name: 'missing sync standby',
  sentence:
    'synchronous_standby_names names a standby that is down for four seconds: every COMMIT of the run hangs with its locks held. The application commits locally, so that only the run can hold it up.',
  cells: (cases) =>
    casesNamed(cases, 'column', 'index', 'type').flatMap((scouted) =>
      keyPlaces(scouted)
        .filter((place) => /before\/(strike|build-index)|after\/copy-batch/.test(place))
        .map(
          (place): Cell => ({
            scouted,
            place,
            form: '',
            expected: {
              words: 'done, or 3 and then done; nobody waits behind a hanging COMMIT',
              endings: [0, 3],
              breaks: (cause) => cause === '57P01' || isConnectionLost(cause),
            },
            level: scouted.migrationCase.name === 'column' ? 'subset' : 'all',
            ownServer: {},
            act: (scene) => hang(scene, place),
          }),
        ),
    ),
};

async function hang(scene: Scene, place: string): Promise<void> {
  // The sessions of the application are opened anew to take the setting.
  await scene.admin.query('ALTER ROLE shop SET synchronous_commit = local');
  await scene.admin.query('ALTER ROLE postgres SET synchronous_commit = local');
  await scene.reconnect();
  await scene.admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'shop'");
  await scene.standingAt(place, async () => {
    await scene.admin.query("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    await scene.admin.query('SELECT pg_reload_conf()');
    await scene.until('the setting', "SELECT current_setting('synchronous_standby_names') = 'nobody'");
    void sleep(OUTAGE_MS)
      .then(() => scene.admin.query('ALTER SYSTEM RESET synchronous_standby_names'))
      .then(() => scene.admin.query('SELECT pg_reload_conf()'));
  });
  await sleep(OUTAGE_MS);
  const longest = scene.load.longestStallMs();
  // Half of the outage leaves room for a slow machine; who waits for the COMMIT itself waits all of it.
  if (longest > OUTAGE_MS / 2)
    scene.findings.push(`the application waited ${Math.round(longest)} ms behind a hanging COMMIT`);
}
