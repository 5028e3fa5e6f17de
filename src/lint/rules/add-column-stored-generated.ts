import { columnThatRewrites } from '../added-column.ts';
import { nameWithSize, type Rule } from '../rule.ts';

/** Virtual generated columns are stored nowhere; PostgreSQL has them from 18 on. */
const VIRTUAL_SINCE = 18;

/** ADD COLUMN ... GENERATED ALWAYS AS (...) STORED. */
export const addColumnStoredGenerated: Rule = {
  id: 'add-column-stored-generated',
  group: 'rewrite-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-column'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A stored generated column is added to a table in use: it is computed for every row.',
  remedy: 'Add a plain column, fill it by a trigger for new rows, and the old rows in small batches.',
  check(input) {
    const found = columnThatRewrites(input, 'stored');
    if (found === null) return null;
    const { column, key, relations, consequence } = found;
    return {
      title: `Computes the column ${column.name} for every row of ${nameWithSize(input, key)} and writes the table anew.`,
      consequence,
      relations,
      ...(input.version.major < VIRTUAL_SINCE
        ? {}
        : {
            remedy:
              'Make it VIRTUAL, which computes it when it is read, or fill a plain column by a trigger and in small batches.',
          }),
    };
  },
};
