import { type PoolMode, startPgbouncer, whyNoPgbouncer } from '../../test/support/start-pgbouncer.ts';
import { casesNamed, mainPlace } from '../cases/key-places.ts';
import type { ScoutedCase } from '../cases/migration-case.ts';
import type { Cell, Expected, Fault } from '../fault.ts';

const DONE: Expected = { words: 'done', endings: [0] };
const CUT: Expected = { words: '3, then done', endings: [3] };
/** Advisory locks and settings do not stay with a client there: nothing is begun, and the direct line does it. */
const REFUSED: Expected = { words: 'refused before anything was set: 2, then done on a direct line', endings: [2] };

export const pooler: Fault = {
  name: 'pooler',
  sentence: 'The run goes through PgBouncer, which in some cells is killed and started again in the middle.',
  cells: (cases) =>
    casesNamed(cases, 'column', 'index', 'type').flatMap((scouted) => [
      poolerCell(scouted, 'session', false, DONE),
      poolerCell(scouted, 'session', true, CUT),
      poolerCell(scouted, 'transaction', false, REFUSED),
    ]),
};

function poolerCell(scouted: ScoutedCase, mode: PoolMode, restarts: boolean, expected: Expected): Cell {
  const place = mainPlace(scouted);
  return {
    scouted,
    place: restarts ? place : 'throughout',
    form: `${mode} mode${restarts ? ', restarted' : ''}`,
    expected,
    level: scouted.migrationCase.name === 'column' ? 'subset' : 'all',
    cannotRun: whyNoPgbouncer,
    act: async (scene) => {
      const bouncer = await startPgbouncer({ serverPort: scene.server.port, mode, serverRole: 'migrator' });
      scene.afterwards(() => bouncer.stop());
      if (!restarts) {
        await scene.end(scene.start({ port: bouncer.port }));
        return;
      }
      const runner = scene.start({ port: bouncer.port, at: { place, action: 'stop' } });
      if (await runner.standsStill()) {
        await bouncer.restart();
        runner.goOn();
      } else if (mode === 'session') scene.findings.push(`the run never came to ${place}`);
      await scene.end(runner);
    },
  };
}
