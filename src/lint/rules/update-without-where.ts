import { rowChange } from '../row-changes.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** Every row of a table in use is changed in one transaction. */
export const updateWithoutWhere: Rule = {
  id: 'update-without-where',
  severity: 'error',
  about: ['dml'],
  growsWithTable: true,
  summary: 'An UPDATE without WHERE changes every row of a table in use in one transaction.',
  remedy: 'Change the rows in batches by key, each in a transaction of its own, with a pause in between.',
  check(input) {
    const change = rowChange(input);
    if (change === null || change.action.verb !== 'update' || change.action.filtered || change.action.limited === true)
      return null;
    const { written } = change;
    return {
      title: `Changes every row of ${list(written.map((one) => nameWithSize(input, one)))} in one transaction.`,
      consequence:
        'Each row stays locked from its change to the commit, so whoever updates or deletes one waits until the last is done; the table grows to about twice its size.',
      relations: written,
      weighed: { ...input.facts, rewrites: written },
    };
  },
};
