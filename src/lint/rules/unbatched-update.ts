import { isBounded, isSmallChange, rowChange } from '../row-changes.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** Rows of a table in use are changed in one transaction, and nothing says how many there are. */
export const unbatchedUpdate: Rule = {
  id: 'unbatched-update',
  group: 'unknown-effect',
  severity: 'warning',
  about: ['dml'],
  growsWithTable: true,
  summary: 'An UPDATE or DELETE by a condition that no key bounds, in one transaction.',
  remedy: 'Go by key: ranges of the primary key, each in a transaction of its own, until no row is left.',
  check(input) {
    const change = rowChange(input);
    if (change === null || !change.action.filtered) return null;
    const { action, written } = change;
    if (action.verb !== 'update' && action.verb !== 'delete') return null;
    if (isBounded(input, action) || isSmallChange(input, action)) return null;
    const columns = action.filter?.columns ?? [];
    const by = columns.length === 0 ? 'by a condition that no key bounds' : `by ${list(columns)}, which is no key`;
    return {
      title: `${action.verb === 'update' ? 'Changes' : 'Deletes'} rows of ${list(written)} ${by}, in one transaction.`,
      consequence:
        'Every row that matches stays locked to the commit; if many do, requests that want one of them wait.',
      relations: [...new Set([...written, ...input.facts.locks.map(({ relation }) => relation)])],
      weighed: input.facts,
    };
  },
};
