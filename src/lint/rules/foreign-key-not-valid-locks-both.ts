import { addedConstraint } from '../added-constraint.ts';
import { blockingLocks } from '../blocking-locks.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** A foreign key that reads nothing still locks the table that it refers to. */
export const foreignKeyNotValidLocksBoth: Rule = {
  id: 'foreign-key-not-valid-locks-both',
  group: 'lock-queue',
  severity: 'info',
  about: ['alter-table'],
  commands: ['add-constraint'],
  perCommand: true,
  summary: 'A NOT VALID foreign key locks the table that it refers to as well, for a moment.',
  remedy:
    'Run it by itself with a lock_timeout of 100 ms and retries, when neither table is held by a long transaction.',
  check(input) {
    const added = addedConstraint(input, 'foreign-key');
    if (added === null || input.facts.failure !== null || input.facts.certainty === 'unknown') return null;
    const locked = blockingLocks(input).map((lock) => lock.relation);
    const others = locked.filter((one) => one !== added.key);
    if (others.length === 0 || scannedUnderLock(input) !== null) return null;
    return {
      title: `Adds a foreign key to ${added.key}, and keeps writers of ${list(others)} out for a moment, too.`,
      consequence:
        'No row is read, but both tables are held at once: behind one long transaction that wrote to either, writers of both queue up.',
      relations: locked,
    };
  },
};
