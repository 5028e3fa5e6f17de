import { casesNamed } from '../cases/key-places.ts';
import type { Fault } from '../fault.ts';
import { holdFor } from '../hold-for.ts';

const STATEMENTS: readonly string[] = [
  'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
  'LOCK TABLE customers, orders IN ACCESS SHARE MODE',
  'SELECT count(*) FROM customers',
];

export const dump: Fault = {
  name: 'dump',
  sentence: 'A dump holds ACCESS SHARE on all tables and an old snapshot for three seconds.',
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
