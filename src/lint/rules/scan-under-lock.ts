import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** A table in use is read in full while a lock keeps others out. Index builds have a rule of their own. */
export const scanUnderLock: Rule = {
  id: 'scan-under-lock',
  severity: 'error',
  growsWithTable: true,
  summary: 'A table in use is read in full while a lock keeps others out.',
  remedy: 'Split it: declare it NOT VALID for a moment, then VALIDATE, which lets everybody work on.',
  check(input) {
    const work = scannedUnderLock(input);
    if (work === null) return null;
    const tables = list(work.relations.map((one) => nameWithSize(input, one)));
    return { title: `Reads every row of ${tables} while it holds a lock.`, ...work };
  },
};
