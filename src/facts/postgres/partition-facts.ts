import type { AlterCommandOf } from '../../model/alter-command.ts';
import type { Table } from '../../model/catalog.ts';
import { childrenOf, referencingTables, tableOf } from '../../model/catalog-lookup.ts';
import { boundOf } from '../../model/partition-bound.ts';
import { relationKey } from '../../model/relation-name.ts';
import { hasEqualForeignKey, withPartitions } from './add-foreign-key.ts';
import { boundProof } from './bound-proof.ts';
import {
  ancestorsOf,
  defaultPartitionOf,
  type FactsContext,
  hasStorage,
  isKnown,
  keyOf,
  lockTree,
  lookUp,
} from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { keyOrderOf } from './key-value.ts';
import { boundsOverlap } from './partition-bound.ts';
import { buildPart, wantedLike } from './partition-indexes.ts';
import { refuseShape } from './partition-shape.ts';
import { referencesTo } from './references.ts';

type Attach = AlterCommandOf<'attach-partition'>;
type Detach = AlterCommandOf<'detach-partition'>;

/** ATTACH PARTITION: the parent keeps working; the newcomer and the default partition are locked and may be read. */
export function attachPartitionFacts(context: FactsContext, parent: Table, command: Attach): void {
  const { draft } = context;
  addLock(draft, relationKey(parent.name), 'SHARE UPDATE EXCLUSIVE');
  if (parent.partitionBy === null && isKnown(parent)) {
    return addFailure(draft, '42809', `${relationKey(parent.name)} is not partitioned`);
  }
  refuseBoundKind(context, parent, command.bound);
  const relation = lookUp(context, command.partition);
  const child = relation?.kind === 'table' ? relation : null;
  if (relation !== null && child === null) addFailure(draft, '42809', `${relationKey(relation.name)} is not a table`);
  addLock(draft, keyOf(context, command.partition), 'ACCESS EXCLUSIVE');
  if (child === null) return touchDefaultPartition(context, parent, command.bound);
  refuseShape(context, parent, child);
  refuseBound(context, parent, command.bound);
  lockTree(context, child, 'ACCESS EXCLUSIVE');
  readUnlessProven(context, parent, child, command.bound, 'inside');
  readForBoundsAbove(context, parent, child);
  for (const index of parent.indexes) buildPart(context, child, wantedLike(index));
  attachForeignKeys(context, parent, child);
  lockReferencing(context, parent);
  touchDefaultPartition(context, parent, command.bound);
}

/** A partition of a partition has to lie inside the bounds above as well. */
function readForBoundsAbove(context: FactsContext, parent: Table, child: Table): void {
  if (parent.partitionOf === null) return;
  const above = tableOf(context.catalog, parent.partitionOf.parent);
  addLock(context.draft, parent.partitionOf.parent, 'ACCESS SHARE');
  if (above === null) return;
  readUnlessProven(context, above, child, parent.partitionOf.bound, 'inside');
  readForBoundsAbove(context, above, child);
}

/** Foreign keys to the parent get a part for the new partition; before 15 they were only looked at. */
export function lockReferencing(context: FactsContext, parent: Table): void {
  const mode = context.version.major >= 15 ? 'SHARE ROW EXCLUSIVE' : 'ACCESS SHARE';
  for (const peer of referencesTo(context, parent)) {
    for (const one of withPartitions(context, peer.table)) addLock(context.draft, relationKey(one.name), mode);
  }
}

function attachForeignKeys(context: FactsContext, parent: Table, child: Table): void {
  const { draft } = context;
  for (const constraint of parent.constraints) {
    if (constraint.kind !== 'foreign-key') continue;
    if (hasEqualForeignKey(context, child, constraint.references, constraint.columns)) {
      // The child's own triggers on the referenced table give way to the parent's.
      addLock(draft, constraint.references, 'ACCESS EXCLUSIVE');
      continue;
    }
    addLock(draft, constraint.references, 'SHARE ROW EXCLUSIVE');
    scanWithPartitions(context, child);
    const target = tableOf(context.catalog, constraint.references);
    if (target !== null) scanWithPartitions(context, target);
    draft.because.add(`The foreign key ${constraint.name} is checked for the rows of ${relationKey(child.name)}.`);
  }
}

function scanWithPartitions(context: FactsContext, table: Table): void {
  for (const one of withPartitions(context, table)) {
    if (hasStorage(one)) context.draft.scans.add(relationKey(one.name));
  }
}

/** A bound must be of the kind that the table is partitioned by. */
export function refuseBoundKind(context: FactsContext, parent: Table, bound: string): void {
  const wanted = boundOf(bound);
  if (wanted === null || parent.partitionBy === null) return;
  const { strategy } = parent.partitionBy;
  const key = relationKey(parent.name);
  if (wanted.kind === 'default') {
    if (strategy === 'hash') addFailure(context.draft, '42P16', `${key} is partitioned by hash and has no default`);
  } else if (wanted.kind !== strategy) addFailure(context.draft, '42P16', `${key} is partitioned by ${strategy}`);
}

/** A bound must not overlap that of another partition. */
export function refuseBound(context: FactsContext, parent: Table, bound: string): void {
  const wanted = boundOf(bound);
  if (wanted === null || parent.partitionBy === null) return;
  const key = (parent.partitionBy?.key ?? '').split(',')[0]?.replaceAll('"', '').trim();
  const order = keyOrderOf(parent.columns.find((column) => column.name === key)?.type.name);
  for (const sibling of childrenOf(context.catalog, relationKey(parent.name))) {
    const other = sibling.partitionOf === null ? null : boundOf(sibling.partitionOf.bound);
    if (other === null || !boundsOverlap(wanted, other, order)) continue;
    addFailure(context.draft, '42P17', `the bound overlaps that of ${relationKey(sibling.name)}`);
  }
}

/** A new bound takes rows away from the default partition: it is locked, and read unless a CHECK rules them out. */
export function touchDefaultPartition(context: FactsContext, parent: Table, bound: string): void {
  const fallback = defaultPartitionOf(context, relationKey(parent.name));
  if (fallback === null || bound === 'DEFAULT') return;
  lockTree(context, fallback, 'ACCESS EXCLUSIVE');
  readUnlessProven(context, parent, fallback, bound, 'outside');
}

function readUnlessProven(
  context: FactsContext,
  parent: Table,
  table: Table,
  bound: string,
  side: 'inside' | 'outside',
): void {
  const { draft } = context;
  const proof = boundProof(parent, table, bound, side);
  if (proof === 'proven') {
    draft.because.add(
      `A valid CHECK on ${relationKey(table.name)} already proves the bound, so its rows are not read for it.`,
    );
    return;
  }
  if (proof === 'unknown') {
    draft.unknown.add(
      `Whether the CHECK constraints of ${relationKey(table.name)} prove the bound ${bound} is not certain; if they do not, it is read in full.`,
    );
  }
  scanWithPartitions(context, table);
}

/** DETACH PARTITION: plain it locks the parent; CONCURRENTLY (14+) lets everybody work on. */
export function detachPartitionFacts(context: FactsContext, parent: Table, command: Detach): void {
  const { draft, version } = context;
  const parentKey = relationKey(parent.name);
  const childKey = keyOf(context, command.partition);
  const relation = lookUp(context, command.partition);
  const child = relation?.kind === 'table' ? relation : null;
  const fallback = defaultPartitionOf(context, parentKey);
  if (command.concurrently) draft.transaction = 'outside-only';
  if (parent.partitionBy === null && isKnown(parent))
    return addFailure(draft, '42809', `${parentKey} is not partitioned`);
  const isOther = child === null ? relation !== null : isKnown(child) && child.partitionOf?.parent !== parentKey;
  if (isOther && isKnown(parent)) {
    return addFailure(draft, '42P01', `${childKey} is not a partition of ${parentKey}`);
  }
  if (command.concurrently || command.finalize) {
    if (command.concurrently && fallback !== null) addFailure(draft, '55000', `${parentKey} has a default partition`);
    addLock(draft, parentKey, 'SHARE UPDATE EXCLUSIVE');
    addLock(draft, childKey, 'ACCESS EXCLUSIVE');
  } else {
    addLock(draft, parentKey, 'ACCESS EXCLUSIVE');
    const isStrong = version.major >= 14 || hasRowTrigger(context, parent);
    addLock(draft, childKey, isStrong ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE');
    if (fallback !== null) addLock(draft, relationKey(fallback.name), 'ACCESS EXCLUSIVE');
  }
  if (child !== null) detachNeighbours(context, parent, child);
}

/** A trigger of rows, on the parent or above it, has a copy on the partition, which is dropped. */
function hasRowTrigger(context: FactsContext, parent: Table): boolean {
  return [parent, ...ancestorsOf(context, parent)].some((one) =>
    one.triggers.some(({ forEachRow }) => forEachRow === true),
  );
}

/** Foreign keys of the parent and to the parent are split from those of the partition. */
function detachNeighbours(context: FactsContext, parent: Table, child: Table): void {
  const { draft } = context;
  for (const one of withPartitions(context, child)) {
    if (one !== child) addLock(draft, relationKey(one.name), 'ACCESS EXCLUSIVE');
  }
  for (const constraint of parent.constraints) {
    if (constraint.kind === 'foreign-key') addLock(draft, constraint.references, 'SHARE ROW EXCLUSIVE');
  }
  for (const peer of referencingTables(context.catalog, relationKey(parent.name))) {
    const peerKey = relationKey(peer.table.name);
    addLock(draft, peerKey, 'ACCESS EXCLUSIVE');
    addLock(draft, relationKey(child.name), 'ACCESS EXCLUSIVE');
    scanWithPartitions(context, peer.table);
    draft.because.add(`${peerKey} is read for rows that refer to the partition, which are not allowed to stay.`);
  }
}
