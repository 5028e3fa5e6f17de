import { addedColumn } from '../added-column.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { indexesBuiltUnderLock } from '../work-under-lock.ts';

/** ADD COLUMN ... UNIQUE or PRIMARY KEY. */
export const addColumnInlineKey: Rule = {
  id: 'add-column-inline-key',
  group: 'index-build-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-column'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A new column is UNIQUE or the PRIMARY KEY: its index is built while everybody waits.',
  remedy:
    'Add the column alone, build a unique index CONCURRENTLY, and let the constraint take it over with USING INDEX.',
  check(input) {
    const added = addedColumn(input);
    const work = indexesBuiltUnderLock(input);
    const key = added?.column.constraints.find(({ kind }) => kind === 'unique' || kind === 'primary-key');
    if (added === null || work === null || key === undefined) return null;
    const word = key.kind === 'unique' ? 'UNIQUE' : 'PRIMARY KEY';
    return {
      title: `Builds the index of the ${word} column ${added.column.name} over ${nameWithSize(input, added.key)} under the lock.`,
      ...work,
    };
  },
};
