import { blockingLocks } from '../blocking-locks.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** REINDEX of a table in use: writers wait, and so does everybody whose plan may use the index. */
export const reindexBlocking: Rule = {
  id: 'reindex-blocking',
  group: 'index-build-under-lock',
  severity: 'error',
  about: ['reindex'],
  growsWithTable: true,
  summary: 'REINDEX without CONCURRENTLY keeps writers, and most readers, waiting.',
  remedy: 'Use REINDEX ... CONCURRENTLY, outside a transaction and without a lock_timeout.',
  check(input) {
    const { action, facts } = input;
    if (action.kind !== 'reindex' || action.concurrently || facts.indexBuilds.length === 0) return null;
    const locks = blockingLocks(input).map((lock) => lock.relation);
    if (locks.length === 0) return null;
    return {
      title: `Builds ${list(facts.indexBuilds)} anew while ${list(locks)} is locked.`,
      consequence:
        'Writers wait until it is complete, and the index itself is closed to everybody: queries that look at it to plan wait, too.',
      relations: locks,
    };
  },
};
