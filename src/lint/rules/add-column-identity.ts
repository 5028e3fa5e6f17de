import { columnThatRewrites } from '../added-column.ts';
import { nameWithSize, type Rule } from '../rule.ts';

/** ADD COLUMN ... GENERATED AS IDENTITY. */
export const addColumnIdentity: Rule = {
  id: 'add-column-identity',
  group: 'rewrite-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-column'],
  growsWithTable: true,
  perCommand: true,
  summary: 'An identity column is added to a table in use: every row takes a number and is rewritten.',
  remedy:
    'Add a plain bigint column, number new rows from a sequence and old rows in small batches, and make it an identity last.',
  check(input) {
    const found = columnThatRewrites(input, 'identity');
    if (found === null) return null;
    const { column, key, relations, consequence } = found;
    return {
      title: `Numbers every row of ${nameWithSize(input, key)} for the identity column ${column.name} and writes the table anew.`,
      consequence,
      relations,
    };
  },
};
