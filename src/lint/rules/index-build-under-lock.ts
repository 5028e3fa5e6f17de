import { blocksWrites } from '../../model/lock-mode.ts';
import { type Rule, usedLocks } from '../rule.ts';
import { list, sentence, whoWaits } from '../who-waits.ts';

/** An index of a table in use is built or rebuilt while writers wait. */
export const indexBuildUnderLock: Rule = {
  id: 'index-build-under-lock',
  severity: 'error',
  growsWithTable: true,
  summary: 'An index of a table in use is built while writers wait.',
  remedy: 'Build the index CONCURRENTLY first; a constraint can take it over afterwards.',
  check(input) {
    const { facts } = input;
    const locks = usedLocks(input).filter((lock) => blocksWrites(lock.mode));
    if (facts.indexBuilds.length === 0 || locks.length === 0 || facts.rewrites.some((one) => input.isUsed(one)))
      return null;
    return {
      title: `Builds ${list(facts.indexBuilds)} while it holds a lock.`,
      consequence: `${sentence(whoWaits(locks))} until the index is complete; later queries queue up behind.`,
      relations: locks.map((lock) => lock.relation),
    };
  },
};
