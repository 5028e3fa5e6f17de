import { casesNamed } from '../cases/key-places.ts';
import type { Fault } from '../fault.ts';
import { SLOW_VACUUM, untilVacuumed } from '../slow-vacuum.ts';

export const autovacuum: Fault = {
  name: 'autovacuum',
  sentence: 'An autovacuum that takes many seconds works on the table when the run begins.',
  cells: (cases) =>
    casesNamed(cases, 'column', 'index', 'constraints').map((scouted) => ({
      scouted,
      place: 'from the start',
      form: '',
      expected: { words: 'done: the vacuum gives way, or is waited for', endings: [0] },
      level: scouted.migrationCase.name === 'column' ? 'subset' : 'all',
      ownServer: SLOW_VACUUM,
      act: async (scene) => {
        await scene.admin.query("UPDATE orders SET note = 'vacuum me'");
        await untilVacuumed(scene);
        await scene.end(scene.start());
      },
    })),
};
