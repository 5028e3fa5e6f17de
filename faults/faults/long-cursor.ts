import { casesNamed } from '../cases/key-places.ts';
import type { Fault } from '../fault.ts';
import { holdFor } from '../hold-for.ts';

const STATEMENTS: readonly string[] = ['BEGIN', 'DECLARE c CURSOR FOR SELECT * FROM orders', 'FETCH 10 FROM c'];

export const longCursor: Fault = {
  name: 'long cursor',
  sentence: 'Somebody reads the table through a cursor for three seconds.',
  cells: (cases) =>
    casesNamed(cases, 'column', 'index', 'constraints', 'type').map((scouted) => ({
      scouted,
      place: 'from the start',
      form: '',
      expected: { words: 'waits, then done', endings: [0] },
      level: ['column', 'index'].includes(scouted.migrationCase.name) ? 'subset' : 'all',
      act: async (scene) => {
        await holdFor(scene, 3_000, STATEMENTS, 'COMMIT');
        await scene.end(scene.start());
      },
    })),
};
