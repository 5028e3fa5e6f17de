import { blocksWrites } from '../../model/lock-mode.ts';
import { type Rule, type RuleInput, usedLocks } from '../rule.ts';
import { DEADLOCK_TIMEOUT_MS } from '../while-waiting.ts';
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
    const title = `Takes ${list(locks.map((lock) => `${lock.mode} on ${lock.relation}`))} for a moment.`;
    const relations = locks.map((lock) => lock.relation);
    const timeoutMs = shortTimeoutMs(input);
    if (timeoutMs !== null) {
      return {
        title,
        consequence: `It gives up after ${timeoutMs} ms: ${whoWaits(locks)} for no longer than that, and it has to be tried again.`,
        relations,
        remedy: 'Run it again until it gets its lock, with a pause in between; evenkeel apply does.',
      };
    }
    return {
      title,
      consequence: `It does little work, but if it has to wait behind one long query, ${whoWaits(locks)} behind it.`,
      relations,
    };
  },
};

/** A lock_timeout that protects the others; null when there is none. */
function shortTimeoutMs({ session }: RuleInput): number | null {
  const { lockTimeoutMs } = session;
  if (lockTimeoutMs === null || lockTimeoutMs === 0 || lockTimeoutMs > DEADLOCK_TIMEOUT_MS) return null;
  return lockTimeoutMs;
}
