import { blockingLocks } from '../blocking-locks.ts';
import type { Rule } from '../rule.ts';
import { list, sentence, whoWaits } from '../who-waits.ts';

/** LOCK TABLE in a mode that keeps others out. */
export const lockTable: Rule = {
  id: 'lock-table',
  group: 'lock-queue',
  severity: 'warning',
  about: ['lock-table'],
  summary: 'A table in use is locked until the transaction ends.',
  remedy:
    'Leave it out: each statement takes the lock that it needs. To fix the order of several locks, ask with a lock_timeout of 100 ms and retries.',
  check(input) {
    const { action } = input;
    const locks = blockingLocks(input);
    if (action.kind !== 'lock-table' || locks.length === 0) return null;
    const tables = list(locks.map((lock) => lock.relation));
    return {
      title: `Locks ${tables} in ${action.mode} mode until the transaction ends.`,
      consequence: `${sentence(whoWaits(locks))} from the moment it asks for the lock until the commit, whatever the transaction does in between.`,
      relations: locks.map((lock) => lock.relation),
    };
  },
};
