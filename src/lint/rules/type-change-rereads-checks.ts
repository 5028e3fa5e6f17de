import { nameWithSize, type Rule } from '../rule.ts';
import { typeChangeOf } from '../type-change.ts';
import { list } from '../who-waits.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** ALTER COLUMN TYPE that is free but for a CHECK that names the column. */
export const typeChangeRereadsChecks: Rule = {
  id: 'type-change-rereads-checks',
  group: 'scan-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['set-type'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A change of type touches no row, but a CHECK names the column and every row is read again.',
  remedy: 'Drop the CHECK, change the type, add the CHECK again as NOT VALID, and VALIDATE it in a step of its own.',
  check(input) {
    const change = typeChangeOf(input);
    const work = scannedUnderLock(input);
    const checks = change?.table.constraints.filter(
      (one) => one.kind === 'check' && one.valid && one.expression.columns.includes(change.column.name),
    );
    if (change === null || work === null || checks === undefined || checks.length === 0) return null;
    const names = list(checks.map(({ name }) => name));
    return {
      title: `Reads every row of ${nameWithSize(input, change.key)} again, as the CHECK ${names} names ${change.column.name}.`,
      ...work,
    };
  },
};
