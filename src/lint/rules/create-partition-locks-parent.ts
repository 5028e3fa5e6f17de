import { resolveName } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { blockingLocks } from '../blocking-locks.ts';
import type { Rule } from '../rule.ts';

/** CREATE TABLE ... PARTITION OF: no harmless new table. */
export const createPartitionLocksParent: Rule = {
  id: 'create-partition-locks-parent',
  group: 'lock-queue',
  severity: 'info',
  about: ['create-table'],
  summary: 'CREATE TABLE ... PARTITION OF locks the parent against everybody for a moment.',
  remedy:
    'CREATE TABLE ... (LIKE parent INCLUDING ALL), then ATTACH PARTITION, which lets everybody go on using the parent.',
  check(input) {
    const { action, facts } = input;
    if (action.kind !== 'create-table' || action.partitionOf === null) return null;
    const parent = relationKey(resolveName(input.catalog, action.partitionOf.parent));
    const locks = blockingLocks(input);
    if (!input.isUsed(parent) || facts.scans.length > 0 || !locks.some((lock) => lock.relation === parent)) return null;
    return {
      title: `Takes ACCESS EXCLUSIVE on ${parent} to create a partition.`,
      consequence: `It does little work, but if it has to wait behind one long query on ${parent}, every read and write of the table and its partitions waits behind it.`,
      relations: locks.map((lock) => lock.relation),
    };
  },
};
