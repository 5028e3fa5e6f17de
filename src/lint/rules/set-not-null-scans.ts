import { nameWithSize, type Rule } from '../rule.ts';
import { setNotNullOf } from '../set-not-null.ts';
import { list } from '../who-waits.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** SET NOT NULL without a proof: every row is read under ACCESS EXCLUSIVE. */
export const setNotNullScans: Rule = {
  id: 'set-not-null-scans',
  group: 'scan-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['set-not-null'],
  growsWithTable: true,
  summary: 'SET NOT NULL reads every row while everybody waits, unless a valid CHECK proves it.',
  remedy: 'Prove it with a CHECK (NOT VALID, then VALIDATE), SET NOT NULL without a scan, drop the CHECK.',
  check(input) {
    const found = setNotNullOf(input);
    const work = scannedUnderLock(input);
    if (found === null || work === null || found.open.length === 0) return null;
    return {
      title: `Reads every row of ${nameWithSize(input, found.key)} for a NULL in ${list(found.open)}.`,
      ...work,
    };
  },
};
