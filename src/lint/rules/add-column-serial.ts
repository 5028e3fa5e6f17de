import { columnThatRewrites } from '../added-column.ts';
import { nameWithSize, type Rule } from '../rule.ts';

/** ADD COLUMN ... serial or bigserial. */
export const addColumnSerial: Rule = {
  id: 'add-column-serial',
  group: 'rewrite-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-column'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A serial column is added to a table in use: every row takes a number and is rewritten.',
  remedy:
    'Add a plain bigint column, create a sequence, SET DEFAULT nextval() for new rows, and number the old rows in small batches.',
  check(input) {
    const found = columnThatRewrites(input, 'serial');
    if (found === null) return null;
    const { column, key, relations, consequence } = found;
    return {
      title: `Numbers every row of ${nameWithSize(input, key)} for the ${column.typeSql} column ${column.name} and writes the table anew.`,
      consequence,
      relations,
    };
  },
};
