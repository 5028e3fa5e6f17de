import { blocksWrites } from '../../model/lock-mode.ts';
import { type Rule, usedLocks } from '../rule.ts';
import { list, whoWaits } from '../who-waits.ts';

/** A brief strong lock: harmless once it is held, and an outage while it is waited for. */
export const lockQueue: Rule = {
  id: 'lock-queue',
  severity: 'info',
  summary: 'A strong lock for a moment: harmless once it is held, an outage while it is waited for.',
  remedy: 'Run it with a lock_timeout of 100 ms and retries, when no long transaction holds the table.',
  check(input) {
    const { facts } = input;
    const locks = usedLocks(input).filter((lock) => blocksWrites(lock.mode));
    const works =
      [...facts.rewrites, ...facts.scans].some((relation) => input.isUsed(relation)) || facts.indexBuilds.length > 0;
    if (locks.length === 0 || works || facts.certainty === 'unknown') return null;
    return {
      title: `Takes ${list(locks.map((lock) => `${lock.mode} on ${lock.relation}`))} for a moment.`,
      consequence: `It does little work, but if it has to wait behind one long query, ${whoWaits(locks)} behind it.`,
      relations: locks.map((lock) => lock.relation),
    };
  },
};
