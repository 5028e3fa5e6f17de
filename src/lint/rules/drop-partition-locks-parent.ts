import { resolveName, tableOf } from '../../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { closedTables } from '../closed-tables.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

const REMEDY = 'DETACH PARTITION ... CONCURRENTLY first; the table that is left is dropped without anybody waiting.';

/** DROP TABLE of a partition closes the table that it is a part of. */
export const dropPartitionLocksParent: Rule = {
  id: 'drop-partition-locks-parent',
  group: 'several-strong-locks',
  severity: 'warning',
  about: ['drop'],
  summary: 'Dropping a partition closes the whole partitioned table.',
  remedy: REMEDY,
  check(input) {
    const { action, catalog } = input;
    if (action.kind !== 'drop' || action.object !== 'table') return null;
    const dropped = action.names.map((name) => relationKey(resolveName(catalog, name)));
    const parents = dropped.flatMap((key): readonly RelationKey[] => {
      const parent = tableOf(catalog, key)?.partitionOf?.parent;
      return parent === undefined || dropped.includes(parent) || !input.isUsed(parent) ? [] : [parent];
    });
    if (parents.length === 0) return null;
    return {
      title: `Locks ${list(parents)} against everybody to drop the partition ${list(dropped)}.`,
      consequence: `While the DROP waits for one long query, every read and write of ${list(parents)} and all partitions waits behind it.`,
      remedy: REMEDY,
      relations: closedTables(input),
    };
  },
};
