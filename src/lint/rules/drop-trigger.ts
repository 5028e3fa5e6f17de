import { blockingLocks } from '../blocking-locks.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** DROP TRIGGER closes its table, although creating it only stopped the writers. */
export const dropTrigger: Rule = {
  id: 'drop-trigger',
  group: 'lock-queue',
  severity: 'info',
  about: ['drop'],
  summary: 'Dropping a trigger closes its table for a moment, to readers as well.',
  remedy: 'Run it with a lock_timeout of 100 ms and retries, when no long transaction holds the table.',
  check(input) {
    const { action } = input;
    const tables = blockingLocks(input).map((lock) => lock.relation);
    if (action.kind !== 'drop' || action.object !== 'trigger' || tables.length === 0) return null;
    return {
      title: `Takes ACCESS EXCLUSIVE on ${list(tables)} to drop the trigger ${action.attachment ?? ''}.`,
      consequence: `If it has to wait behind one long query, every read and write of ${list(tables)} waits behind it; what the trigger did is not done from the commit on.`,
      relations: tables,
    };
  },
};
