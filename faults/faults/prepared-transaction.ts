import { casesNamed } from '../cases/key-places.ts';
import type { Fault } from '../fault.ts';
import { holdFor } from '../hold-for.ts';

export const preparedTransaction: Fault = {
  name: 'prepared transaction',
  sentence: 'A prepared transaction that changed the table waits three seconds for its second phase.',
  cells: (cases) =>
    casesNamed(cases, 'column', 'index', 'constraints', 'type').map((scouted) => ({
      scouted,
      place: 'from the start',
      form: '',
      expected: { words: 'waits, then done', endings: [0] },
      level: scouted.migrationCase.name === 'column' ? 'subset' : 'all',
      act: async (scene) => {
        // A name of its own: all databases of a server share them.
        const gid = `left in ${scene.database}`;
        const change = 'UPDATE orders SET note = note WHERE writer = 0 AND number = 9';
        await holdFor(scene, 3_000, ['BEGIN', change, `PREPARE TRANSACTION '${gid}'`], `ROLLBACK PREPARED '${gid}'`);
        await scene.end(scene.start());
      },
    })),
};
