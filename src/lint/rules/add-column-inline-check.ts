import { addedColumn } from '../added-column.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** ADD COLUMN ... CHECK (...). */
export const addColumnInlineCheck: Rule = {
  id: 'add-column-inline-check',
  group: 'scan-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-column'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A new column brings its CHECK along, and every row is read for it under the lock.',
  remedy: 'Add the column alone, then its CHECK as NOT VALID, and VALIDATE it in a step of its own.',
  check(input) {
    const added = addedColumn(input);
    const work = scannedUnderLock(input);
    const hasCheck = added?.column.constraints.some(({ kind }) => kind === 'check') === true;
    if (added === null || work === null || !hasCheck) return null;
    return {
      title: `Reads every row of ${nameWithSize(input, added.key)} for the CHECK of the new column ${added.column.name}.`,
      ...work,
    };
  },
};
