import { addedColumn } from '../added-column.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** ADD COLUMN ... NOT NULL without anything that gives the rows a value. */
export const addColumnNotNullWithoutDefault: Rule = {
  id: 'add-column-not-null-without-default',
  group: 'scan-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-column'],
  perCommand: true,
  summary: 'A NOT NULL column without a default is added: it fails as soon as the table has a row.',
  remedy: 'Add the column nullable, fill it in small batches while new code writes it, and make it NOT NULL last.',
  check(input) {
    const added = addedColumn(input);
    const work = scannedUnderLock(input);
    const isRequired = input.facts.breaks.some(({ kind }) => kind === 'required-column');
    if (added === null || work === null || !isRequired) return null;
    const name = nameWithSize(input, added.key);
    return {
      title: `Adds ${added.column.name} to ${name} as NOT NULL and gives the rows no value for it.`,
      consequence: 'It fails with 23502 as soon as the table holds one row; what ran before it is taken back.',
      relations: work.relations,
    };
  },
};
