import type { Rule } from '../rule.ts';
import { viewsInTheWay } from '../view-in-the-way.ts';
import { list } from '../who-waits.ts';

/** ALTER COLUMN TYPE of a column that a view reads: 0A000. */
export const typeChangeUnderView: Rule = {
  id: 'type-change-under-view',
  group: 'certain-failure',
  severity: 'error',
  about: ['alter-table'],
  commands: ['set-type'],
  summary: 'A column that a view reads cannot change its type.',
  remedy:
    'Add a column of the new type beside it, fill it, make a new view over it, move the readers, and drop the old ones last.',
  check(input) {
    const { failure, locks } = input.facts;
    const found = failure?.sqlstate === '0A000' ? viewsInTheWay(input, 'set-type') : null;
    if (found === null) return null;
    return {
      title: `Fails with 0A000: ${list(found.views)} ${found.views.length === 1 ? 'reads' : 'read'} ${found.key}.${found.column}.`,
      consequence: 'The migration stops here; what ran before it in the same transaction is taken back.',
      relations: locks.map(({ relation }) => relation),
      remedy:
        'Add a column of the new type beside it, fill it, make a new view over it, move the readers, and drop the old ones last.',
    };
  },
};
