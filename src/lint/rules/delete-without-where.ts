import { rowChange } from '../row-changes.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** Every row of a table in use is deleted in one transaction. */
export const deleteWithoutWhere: Rule = {
  id: 'delete-without-where',
  severity: 'error',
  about: ['dml'],
  growsWithTable: true,
  summary: 'A DELETE without WHERE removes every row of a table in use in one transaction.',
  remedy: 'Make sure that nobody reads the rows any more, then delete them in batches by key.',
  check(input) {
    const change = rowChange(input);
    if (change === null || change.action.verb !== 'delete' || change.action.filtered || change.action.limited === true)
      return null;
    const { written } = change;
    return {
      title: `Deletes every row of ${list(written.map((one) => nameWithSize(input, one)))} in one transaction.`,
      consequence:
        'There is no way back from it but a backup; each row stays locked to the commit, and foreign keys that point at the table are looked up row by row.',
      relations: written,
      weighed: input.facts,
    };
  },
};
