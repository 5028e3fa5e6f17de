import type { Drop } from '../../model/action.ts';
import type { Table } from '../../model/catalog.ts';
import { childrenOf, ownedSequences, referencingTables, tableOf } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { defaultPartitionOf, type FactsContext, keyOf, lockTree, withDescendants } from './facts-context.ts';
import { addFailure, addLock, addLocks } from './facts-draft.ts';
import { viewsOver } from './views-over.ts';

/** DROP TABLE: what it owns goes along, both sides of its foreign keys are locked, and a parent loses a partition. */
export function dropTable(context: FactsContext, table: Table, action: Drop): void {
  const { draft } = context;
  const dropped = new Set(action.names.map((name) => keyOf(context, name)));
  for (const one of withDescendants(context, table)) {
    if (one !== table && one.partitionOf === null && !action.cascade && !dropped.has(relationKey(one.name))) {
      addFailure(draft, '2BP01', `${relationKey(one.name)} inherits from ${relationKey(table.name)}`);
    }
    dropOneTable(context, one, action.cascade, dropped);
  }
  if (table.partitionOf !== null) {
    const { parent } = table.partitionOf;
    addLock(draft, parent, 'ACCESS EXCLUSIVE');
    const fallback = defaultPartitionOf(context, parent);
    if (fallback !== null) addLock(draft, relationKey(fallback.name), 'ACCESS EXCLUSIVE');
  }
  draft.because.add('DROP TABLE also locks both sides of its foreign keys (measured on 13 to 18).');
}

/** @param dropped keys of everything that the same statement drops */
export function dropOneTable(
  context: FactsContext,
  table: Table,
  cascade: boolean,
  dropped: ReadonlySet<string>,
): void {
  const { draft } = context;
  const key = relationKey(table.name);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  addLocks(draft, ownedSequences(context.catalog, key, null), 'ACCESS EXCLUSIVE');
  for (const constraint of table.constraints) {
    if (constraint.kind !== 'foreign-key') continue;
    const target = tableOf(context.catalog, constraint.references);
    if (target === null) addLock(draft, constraint.references, 'ACCESS EXCLUSIVE');
    else lockTree(context, target, 'ACCESS EXCLUSIVE', target.partitionBy === null);
  }
  const views = viewsOver(context, key, null).certain.filter((view) => !dropped.has(view));
  const peers = referencingTables(context.catalog, key).filter(
    ({ table: peer }) => relationKey(peer.name) !== key && !dropped.has(relationKey(peer.name)),
  );
  if (cascade) {
    addLocks(draft, views, 'ACCESS EXCLUSIVE');
    for (const view of views) draft.losses.add(`view ${view}`);
    for (const peer of peers) addLock(draft, relationKey(peer.table.name), 'ACCESS EXCLUSIVE');
  } else if (views[0] !== undefined) {
    addFailure(draft, '2BP01', `the view ${views[0]} reads ${key}`);
  } else if (peers[0] !== undefined) {
    addFailure(draft, '2BP01', `${relationKey(peers[0].table.name)} has a foreign key to ${key}`);
  }
  for (const child of childrenOf(context.catalog, key)) draft.losses.add(`table ${relationKey(child.name)}`);
}
