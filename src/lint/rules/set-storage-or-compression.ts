import { alterCommandOf } from '../alter-command-of.ts';
import { blockingLocks } from '../blocking-locks.ts';
import type { Rule } from '../rule.ts';

/** SET STORAGE and SET COMPRESSION: a strong lock for something that old rows do not notice. */
export const setStorageOrCompression: Rule = {
  id: 'set-storage-or-compression',
  group: 'lock-queue',
  severity: 'info',
  about: ['alter-table'],
  commands: ['set-storage', 'set-compression'],
  perCommand: true,
  summary: 'Storage or compression is set: a strong lock for a moment, and old rows stay as they are.',
  remedy: 'Run it with a lock_timeout of 100 ms and retries; rows get the new form when they are written again.',
  check(input) {
    const found = alterCommandOf(input, 'set-storage') ?? alterCommandOf(input, 'set-compression');
    const locks = blockingLocks(input);
    if (found === null || locks.length === 0 || input.facts.certainty === 'unknown') return null;
    return {
      title: `Takes ACCESS EXCLUSIVE on ${found.key} for a moment, for how ${found.command.column} is stored from now on.`,
      consequence:
        'Rows that are there keep their form; if it has to wait behind one long query, every read and write of the table waits behind it.',
      relations: locks.map(({ relation }) => relation),
    };
  },
};
