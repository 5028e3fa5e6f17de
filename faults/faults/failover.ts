import { casesNamed, keyPlaces } from '../cases/key-places.ts';
import type { ScoutedCase } from '../cases/migration-case.ts';
import type { Cell, Fault } from '../fault.ts';
import { isConnectionLost } from '../load/broken-request.ts';
import { TcpProxy } from '../proxy/tcp-proxy.ts';
import type { Scene } from '../scene.ts';
import { StandbyServer } from '../servers/standby-server.ts';

const PLACES = /before\/strike|strike:before-commit|after\/strike|before\/build-index|after\/copy-batch/;

/** The primary is gone for good, and its standby takes over behind the same address. */
export const failover: Fault = {
  name: 'failover',
  sentence:
    'The primary is stopped at once while the run stands at the place, and its standby is promoted behind the same address: a synchronous one that has everything, or one that was cut off before the run and has nothing of it.',
  cells: (cases) => [
    ...casesNamed(cases, 'column', 'index', 'type').flatMap((scouted) =>
      keyPlaces(scouted)
        .filter((place) => PLACES.test(place))
        .map((place) => failoverCell(scouted, place, true)),
    ),
    ...casesNamed(cases, 'column', 'type').flatMap((scouted) =>
      keyPlaces(scouted)
        .filter((place) => /after\/(strike|copy-batch)/.test(place))
        .map((place) => failoverCell(scouted, place, false)),
    ),
  ],
};

function failoverCell(scouted: ScoutedCase, place: string, isSynchronous: boolean): Cell {
  return {
    scouted,
    place,
    form: isSynchronous ? 'to a standby that has everything' : 'to a standby that lost the last commits',
    expected: {
      words: '3, then done on the new primary',
      endings: [3],
      breaks: isConnectionLost,
      ...(isSynchronous ? {} : { losesWrites: true }),
    },
    level: scouted.migrationCase.name === 'column' && place.includes('after/strike') ? 'subset' : 'all',
    ownServer: {},
    act: (scene) => failOver(scene, place, isSynchronous),
  };
}

async function failOver(scene: Scene, place: string, isSynchronous: boolean): Promise<void> {
  const address = await TcpProxy.start(scene.server.port);
  const replication = await TcpProxy.start(scene.server.port);
  scene.atTheEnd(() => address.stop());
  scene.atTheEnd(() => replication.stop());
  const standby = await StandbyServer.start(scene.server, replication.port);
  scene.atTheEnd(() => standby.stop());
  await scene.moveTo(address.port);
  await scene.until(
    'the standby',
    "SELECT count(*) = 1 FROM pg_stat_replication WHERE application_name = 'standby' AND state = 'streaming'",
  );
  if (isSynchronous) {
    await scene.admin.query("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
    await scene.admin.query('SELECT pg_reload_conf()');
    await scene.until('synchrony', "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'");
  } else await replication.stop();
  await scene.standingAt(place, async () => {
    await scene.server.stopNow();
    await standby.promote();
    address.retarget(standby.port);
    await scene.reconnect();
    await scene.admin.query('ALTER SYSTEM RESET synchronous_standby_names');
    await scene.admin.query('SELECT pg_reload_conf()');
  });
}
