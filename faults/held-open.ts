import { casesNamed } from './cases/key-places.ts';
import type { Fault } from './fault.ts';
import { holdFor } from './hold-for.ts';

const HELD_MS = 3_000;

/** A fault that is a session of somebody else, in the way from the start and gone after three seconds. */
export function heldOpen(
  about: Pick<Fault, 'name' | 'sentence'>,
  statements: readonly string[],
  release: 'COMMIT' | 'ROLLBACK',
): Fault {
  return {
    ...about,
    cells: (cases) =>
      casesNamed(cases, 'column', 'index', 'constraints', 'type').map((scouted) => ({
        scouted,
        place: 'from the start',
        form: '',
        expected: { words: 'waits, then done', endings: [0] },
        level: ['column', 'index'].includes(scouted.migrationCase.name) ? 'subset' : 'all',
        act: async (scene) => {
          await holdFor(scene, HELD_MS, statements, release);
          await scene.end(scene.start());
        },
      })),
  };
}
