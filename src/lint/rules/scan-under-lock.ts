import { blocksReads, blocksWrites } from '../../model/lock-mode.ts';
import { nameWithSize, type Rule, usedLocks } from '../rule.ts';
import { list, sentence, whoWaits } from '../who-waits.ts';

/** A table in use is read in full while a lock keeps others out. Index builds have a rule of their own. */
export const scanUnderLock: Rule = {
  id: 'scan-under-lock',
  severity: 'error',
  growsWithTable: true,
  summary: 'A table in use is read in full while a lock keeps others out.',
  remedy: 'Split it: declare it NOT VALID for a moment, then VALIDATE, which lets everybody work on.',
  check(input) {
    const { facts } = input;
    const scanned = facts.scans.filter((relation) => input.isUsed(relation));
    // Nobody writes to a materialized view but its own refresh.
    const blocks = facts.kind === 'refresh-materialized-view' ? blocksReads : blocksWrites;
    const locks = usedLocks(input).filter((lock) => blocks(lock.mode));
    if (scanned.length === 0 || locks.length === 0 || facts.indexBuilds.length > 0) return null;
    return {
      title: `Reads every row of ${list(scanned.map((one) => nameWithSize(input, one)))} while it holds a lock.`,
      consequence: `${sentence(whoWaits(locks))} until the last row is read; later queries queue up behind.`,
      relations: scanned,
    };
  },
};
