import { blockingLocks } from '../blocking-locks.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** CREATE TRIGGER on a table in use. */
export const createTrigger: Rule = {
  id: 'create-trigger',
  group: 'lock-queue',
  severity: 'info',
  about: ['create-trigger'],
  summary: 'Writers wait for a moment while a trigger is made, and run it from then on.',
  remedy: 'Run it with a lock_timeout of 100 ms and retries, and nothing else in the same transaction.',
  check(input) {
    const { action } = input;
    const tables = blockingLocks(input).map((lock) => lock.relation);
    if (action.kind !== 'create-trigger' || tables.length === 0) return null;
    return {
      title: `Takes SHARE ROW EXCLUSIVE on ${list(tables)} to create the trigger ${action.name}.`,
      consequence: `Writes wait behind it as long as it has to wait for one long writer; from the commit on, the function ${action.function} is part of every write that fires it.`,
      relations: tables,
    };
  },
};
