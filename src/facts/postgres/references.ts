import type { Table } from '../../model/catalog.ts';
import { type ForeignKeyPlace, referencingTables, tableOf } from '../../model/catalog-lookup.ts';
import type { LockMode } from '../../model/lock-mode.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { type FactsContext, hasStorage, lockTree, withDescendants } from './facts-context.ts';
import { addLock } from './facts-draft.ts';

/** Foreign keys to a table; a partition is pointed at through the tables that it is a part of, too. */
export function referencesTo(context: FactsContext, table: Table): readonly ForeignKeyPlace[] {
  const own = referencingTables(context.catalog, relationKey(table.name));
  const above = table.partitionOf === null ? null : tableOf(context.catalog, table.partitionOf.parent);
  return above === null ? own : [...own, ...referencesTo(context, above)];
}

/** Locks the other side of a foreign key: partitions with their table, tables that merely inherit not. */
export function lockOtherSide(context: FactsContext, key: RelationKey, mode: LockMode): void {
  const table = tableOf(context.catalog, key);
  if (table === null) addLock(context.draft, key, mode);
  else lockTree(context, table, mode, table.partitionBy === null);
}

/** Before 15 the triggers of a foreign key to a partitioned table hung on those partitions that hold rows. */
const TRIGGERS_ON_PARENTS_SINCE = 15;

/** Locks what loses its triggers when a foreign key to it goes. */
export function lockFormerReference(context: FactsContext, key: RelationKey): void {
  const table = tableOf(context.catalog, key);
  if (table === null || table.partitionBy === null || context.version.major >= TRIGGERS_ON_PARENTS_SINCE) {
    return lockOtherSide(context, key, 'ACCESS EXCLUSIVE');
  }
  for (const one of withDescendants(context, table)) {
    if (hasStorage(one)) addLock(context.draft, relationKey(one.name), 'ACCESS EXCLUSIVE');
  }
}
