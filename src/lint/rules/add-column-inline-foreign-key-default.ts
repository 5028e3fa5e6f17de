import { addedColumn } from '../added-column.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** ADD COLUMN ... DEFAULT value REFERENCES: the value of every row is looked up. */
export const addColumnInlineForeignKeyDefault: Rule = {
  id: 'add-column-inline-foreign-key-default',
  group: 'scan-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-column'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A new column has a default and a foreign key: both tables are read under the lock.',
  remedy: 'Add the column alone, then its foreign key as NOT VALID, and VALIDATE it in a step of its own.',
  check(input) {
    const added = addedColumn(input);
    const work = scannedUnderLock(input);
    const hasForeignKey = added?.column.constraints.some(({ kind }) => kind === 'foreign-key') === true;
    if (added === null || work === null || !hasForeignKey || added.column.default === null) return null;
    const tables = list(work.relations.map((one) => nameWithSize(input, one)));
    return { title: `Reads ${tables} for the foreign key of the new column ${added.column.name}.`, ...work };
  },
};
