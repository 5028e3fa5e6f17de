import { alterCommandOf } from '../alter-command-of.ts';
import { blockingLocks } from '../blocking-locks.ts';
import type { Rule } from '../rule.ts';

/** REPLICA IDENTITY FULL. */
export const replicaIdentityFull: Rule = {
  id: 'replica-identity-full',
  group: 'lock-queue',
  severity: 'info',
  about: ['alter-table'],
  commands: ['replica-identity'],
  perCommand: true,
  summary: 'Every UPDATE and DELETE is to write the whole old row into the WAL.',
  remedy: 'REPLICA IDENTITY USING INDEX with a unique index over columns that are NOT NULL, or a primary key.',
  check(input) {
    const found = alterCommandOf(input, 'replica-identity');
    if (found?.command.identity !== 'full') return null;
    return {
      title: `Makes the whole row the replica identity of ${found.key}.`,
      consequence:
        'The table is closed for a moment. Once it is published, each UPDATE and DELETE writes the whole old row into the WAL, and a subscriber without a fitting index looks for it by reading the table.',
      relations: blockingLocks(input).map((lock) => lock.relation),
    };
  },
};
