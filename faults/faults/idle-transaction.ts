import { casesNamed } from '../cases/key-places.ts';
import type { Fault } from '../fault.ts';
import { holdFor } from '../hold-for.ts';

const STATEMENTS: readonly string[] = [
  'BEGIN',
  'SELECT count(*) FROM orders',
  'UPDATE orders SET note = note WHERE writer = 0 AND number = 9',
];

export const idleTransaction: Fault = {
  name: 'idle in transaction',
  sentence: "Somebody's transaction that has read and changed the table stands open for three seconds.",
  cells: (cases) =>
    casesNamed(cases, 'column', 'index', 'constraints', 'type').map((scouted) => ({
      scouted,
      place: 'from the start',
      form: '',
      expected: { words: 'waits, then done', endings: [0] },
      level: ['column', 'index'].includes(scouted.migrationCase.name) ? 'subset' : 'all',
      act: async (scene) => {
        await holdFor(scene, 3_000, STATEMENTS, 'ROLLBACK');
        await scene.end(scene.start());
      },
    })),
};
