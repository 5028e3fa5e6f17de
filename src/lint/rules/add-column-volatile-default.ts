import { columnThatRewrites } from '../added-column.ts';
import { nameWithSize, type Rule } from '../rule.ts';

/** ADD COLUMN with a default that answers anew for every row. */
export const addColumnVolatileDefault: Rule = {
  id: 'add-column-volatile-default',
  group: 'rewrite-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-column'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A new column has a default that answers anew for every row, so the table is rewritten.',
  remedy: 'Add the column without a default, SET DEFAULT for new rows, and fill the old rows in small batches.',
  check(input) {
    const found = columnThatRewrites(input, 'default');
    if (found === null) return null;
    const { column, key, relations, consequence } = found;
    return {
      title: `Computes ${column.default?.sql ?? 'the default'} for every row of ${nameWithSize(input, key)} and writes the table anew.`,
      consequence,
      relations,
    };
  },
};
