import type { Drop } from '../../model/action.ts';
import type { Table } from '../../model/catalog.ts';
import { childrenOf, ownedSequences } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { defaultPartitionOf, type FactsContext, keyOf, withDescendants } from './facts-context.ts';
import { addFailure, addLock, addLocks } from './facts-draft.ts';
import { isInheritedConstraint } from './inheritance.ts';
import { dropOwnedSequences } from './nextval-sequences.ts';
import { policiesNaming } from './policies-naming.ts';
import { lockFormerReference, lockOtherSide, referencesTo } from './references.ts';
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
  const going = new Set([...dropped, ...withDescendants(context, table).map(({ name }) => relationKey(name))]);
  dropOwnedSequences(context, ownedSequences(context.catalog, key, null), cascade, (user) => going.has(user));
  for (const constraint of table.constraints) {
    // What a partition has from its parent has its triggers there.
    if (constraint.kind !== 'foreign-key' || isInheritedConstraint(context, table, constraint)) continue;
    lockFormerReference(context, constraint.references);
  }
  const views = viewsOver(context, key, null).certain.filter((view) => !dropped.has(view));
  const peers = referencesTo(context, table).filter(
    ({ table: peer }) => relationKey(peer.name) !== key && !dropped.has(relationKey(peer.name)),
  );
  const policies = policiesNaming(context, key).filter((one) => one.table !== key && !dropped.has(one.table));
  if (cascade) {
    for (const policy of policies) addLock(draft, policy.table, 'ACCESS EXCLUSIVE');
    addLocks(draft, views, 'ACCESS EXCLUSIVE');
    for (const view of views) draft.losses.add(`view ${view}`);
    for (const peer of peers) {
      lockOtherSide(context, relationKey(peer.table.name), 'ACCESS EXCLUSIVE');
      lockFormerReference(context, peer.constraint.references);
    }
  } else if (views[0] !== undefined) {
    addFailure(draft, '2BP01', `the view ${views[0]} reads ${key}`);
  } else if (peers[0] !== undefined) {
    addFailure(draft, '2BP01', `${relationKey(peers[0].table.name)} has a foreign key to ${key}`);
  } else if (policies[0] !== undefined) {
    addFailure(draft, '2BP01', `the policy ${policies[0].policy} of ${policies[0].table} reads ${key}`);
  }
  for (const child of childrenOf(context.catalog, key)) draft.losses.add(`table ${relationKey(child.name)}`);
}
