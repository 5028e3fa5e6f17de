import type { Rule } from '../rule.ts';
import { viewsInTheWay } from '../view-in-the-way.ts';
import { list } from '../who-waits.ts';

/** DROP COLUMN of a column that a view reads: 2BP01. */
export const dropColumnUnderView: Rule = {
  id: 'drop-column-under-view',
  group: 'certain-failure',
  severity: 'error',
  about: ['alter-table'],
  commands: ['drop-column'],
  summary: 'A column that a view reads cannot be dropped.',
  remedy: 'Make a view without the column, move the readers over, drop the old view, and the column last.',
  check(input) {
    const { failure, locks } = input.facts;
    const found = failure?.sqlstate === '2BP01' ? viewsInTheWay(input, 'drop-column') : null;
    if (found === null) return null;
    return {
      title: `Fails with 2BP01: ${list(found.views)} ${found.views.length === 1 ? 'reads' : 'read'} ${found.key}.${found.column}.`,
      consequence: 'The migration stops here; CASCADE would drop the view as well, with everything that reads it.',
      relations: locks.map(({ relation }) => relation),
      remedy: 'Make a view without the column, move the readers over, drop the old view, and the column last.',
    };
  },
};
