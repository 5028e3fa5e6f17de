import { findTable } from '../../model/catalog-lookup.ts';
import { blockingLocks } from '../blocking-locks.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** CREATE INDEX on a table in use: writers wait for the whole build. */
export const indexCreateBlocking: Rule = {
  id: 'index-create-blocking',
  group: 'index-build-under-lock',
  severity: 'error',
  about: ['create-index'],
  growsWithTable: true,
  summary: 'CREATE INDEX without CONCURRENTLY keeps writers waiting for the whole build.',
  remedy: 'Build it with CREATE INDEX CONCURRENTLY, outside a transaction and without a lock_timeout.',
  check(input) {
    const { action, facts, catalog } = input;
    if (action.kind !== 'create-index' || action.concurrently || facts.indexBuilds.length === 0) return null;
    const table = findTable(catalog, action.table);
    const locks = blockingLocks(input).map((lock) => lock.relation);
    if (table === null || table.partitionBy !== null || locks.length === 0) return null;
    return {
      title: `Builds the index ${list(facts.indexBuilds)} while nobody can write to ${list(locks.map((one) => nameWithSize(input, one)))}.`,
      consequence:
        'Every INSERT, UPDATE and DELETE waits from the moment the lock is held until the index is complete; reads go on.',
      relations: locks,
    };
  },
};
