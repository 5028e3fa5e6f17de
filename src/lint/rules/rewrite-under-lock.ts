import { blocksWrites } from '../../model/lock-mode.ts';
import { nameWithSize, type Rule, usedLocks } from '../rule.ts';
import { list, sentence, whoWaits } from '../who-waits.ts';

/** A table in use is written anew while it is locked. */
export const rewriteUnderLock: Rule = {
  id: 'rewrite-under-lock',
  severity: 'error',
  growsWithTable: true,
  summary: 'A table in use is written anew, row by row, while it is locked.',
  remedy: 'Copy the rows into a new column or table while the old one stays in use, then switch.',
  check(input) {
    const rewritten = input.facts.rewrites.filter((relation) => input.isUsed(relation));
    const locks = usedLocks(input).filter((lock) => blocksWrites(lock.mode));
    if (rewritten.length === 0 || locks.length === 0) return null;
    return {
      title: `Writes every row of ${list(rewritten.map((one) => nameWithSize(input, one)))} anew while it is locked.`,
      consequence: `${sentence(whoWaits(locks))} until the last row and index is written; later queries queue up behind.`,
      relations: rewritten,
    };
  },
};
