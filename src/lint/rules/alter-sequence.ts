import { blockingLocks } from '../blocking-locks.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** ALTER SEQUENCE keeps nextval() waiting. */
export const alterSequence: Rule = {
  id: 'alter-sequence',
  group: 'lock-queue',
  severity: 'info',
  about: ['alter-sequence'],
  summary: 'Every INSERT that takes a number from the sequence waits until the transaction ends.',
  remedy: 'Run it with a lock_timeout of 100 ms and retries, and nothing else in the same transaction.',
  check(input) {
    const sequences = blockingLocks(input).map((lock) => lock.relation);
    if (input.action.kind !== 'alter-sequence' || sequences.length === 0) return null;
    return {
      title: `Takes SHARE ROW EXCLUSIVE on the sequence ${list(sequences)}.`,
      consequence:
        'nextval() waits behind it, and with it every INSERT that needs a number, until the transaction ends.',
      relations: sequences,
    };
  },
};
