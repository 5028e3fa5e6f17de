import { findTable } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { blockingLocks } from '../blocking-locks.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** CREATE INDEX on a partitioned table builds on every partition, and all of them wait for the last one. */
export const indexOnPartitionedParent: Rule = {
  id: 'index-on-partitioned-parent',
  group: 'index-build-under-lock',
  severity: 'error',
  about: ['create-index'],
  growsWithTable: true,
  summary: 'An index of a partitioned table is built on all partitions while nobody can write.',
  remedy:
    'Create it ON ONLY the parent, build it CONCURRENTLY on each partition, and attach each with ALTER INDEX ... ATTACH PARTITION.',
  check(input) {
    const { action, facts, catalog } = input;
    if (action.kind !== 'create-index' || action.concurrently || facts.indexBuilds.length === 0) return null;
    const table = findTable(catalog, action.table);
    const locks = blockingLocks(input).map((lock) => lock.relation);
    if (table === null || table.partitionBy === null || locks.length === 0) return null;
    const partitions = facts.scans.filter((one) => input.isUsed(one));
    return {
      title: `Builds an index on ${list(partitions)} while nobody can write to any partition of ${relationKey(table.name)}.`,
      consequence:
        'The first partition stays closed to writers until the last one has its index; CONCURRENTLY is refused on the parent.',
      relations: locks,
    };
  },
};
