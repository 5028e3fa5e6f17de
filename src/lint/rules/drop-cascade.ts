import { goneAlong } from '../gone-along.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

const REMEDY =
  'Drop what hangs on it by name first; then drop it without CASCADE, so that the server refuses what you did not know of.';

/** CASCADE takes away what the statement does not name. */
export const dropCascade: Rule = {
  id: 'drop-cascade',
  group: 'data-loss',
  severity: 'warning',
  about: ['drop', 'alter-table'],
  commands: ['drop-column', 'drop-constraint'],
  perCommand: true,
  summary: 'CASCADE takes away things that the statement does not name.',
  remedy: REMEDY,
  check(input) {
    const along = goneAlong(input);
    if (along.length === 0) return null;
    return {
      title: `CASCADE takes along ${list(along.map((one) => one.what))}.`,
      consequence:
        'Nobody is asked: whatever else hangs on it in production goes too, and the code that needs it fails or goes on unchecked.',
      remedy: REMEDY,
      relations: along.map((one) => one.relation),
    };
  },
};
