import type { AlterCommand } from '../../model/alter-command.ts';
import type { Table } from '../../model/catalog.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import {
  defaultPartitionOf,
  type FactsContext,
  hasStorage,
  keyOf,
  lockTree,
  lookUpTable,
  withDescendants,
} from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { boundProof } from './partition-bound.ts';

type Attach = Extract<AlterCommand, { kind: 'attach-partition' }>;
type Detach = Extract<AlterCommand, { kind: 'detach-partition' }>;

/** ATTACH PARTITION: the parent keeps working; the newcomer and the default partition are locked and may be read. */
export function attachPartitionFacts(context: FactsContext, parent: Table, command: Attach): void {
  const { draft } = context;
  addLock(draft, relationKey(parent.name), 'SHARE UPDATE EXCLUSIVE');
  const child = lookUpTable(context, command.partition);
  addLock(draft, keyOf(context, command.partition), 'ACCESS EXCLUSIVE');
  if (child !== null) {
    lockTree(context, child, 'ACCESS EXCLUSIVE');
    readUnlessProven(context, parent, child, command.bound, 'inside');
  }
  touchDefaultPartition(context, parent, command.bound);
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
      `A valid CHECK on ${relationKey(table.name)} already proves the bound, so its rows are not read.`,
    );
    return;
  }
  if (proof === 'unknown') {
    draft.unknown.add(
      `Whether the CHECK constraints of ${relationKey(table.name)} prove the bound ${bound} is not certain; if they do not, it is read in full.`,
    );
  }
  for (const one of withDescendants(context, table)) if (hasStorage(one)) draft.scans.add(relationKey(one.name));
}

/** DETACH PARTITION: plain it locks the parent; CONCURRENTLY (14+) lets everybody work on. */
export function detachPartitionFacts(context: FactsContext, parent: Table, command: Detach): void {
  const { draft, version } = context;
  const parentKey = relationKey(parent.name);
  const childKey = keyOf(context, command.partition);
  const fallback = defaultPartitionOf(context, parentKey);
  if (command.concurrently || command.finalize) {
    if (command.concurrently) draft.transaction = 'outside-only';
    if (version.major < 14) addFailure(draft, '42601', 'DETACH CONCURRENTLY needs PostgreSQL 14');
    if (command.concurrently && fallback !== null) addFailure(draft, '55000', `${parentKey} has a default partition`);
    addLock(draft, parentKey, 'SHARE UPDATE EXCLUSIVE');
    addLock(draft, childKey, 'ACCESS EXCLUSIVE');
    return;
  }
  addLock(draft, parentKey, 'ACCESS EXCLUSIVE');
  addLock(draft, childKey, version.major >= 14 ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE');
  if (fallback !== null) addLock(draft, relationKey(fallback.name), 'ACCESS EXCLUSIVE');
}

export function inheritFacts(context: FactsContext, table: Table, parent: RelationReference): void {
  addLock(context.draft, relationKey(table.name), 'ACCESS EXCLUSIVE');
  addLock(context.draft, keyOf(context, parent), 'SHARE UPDATE EXCLUSIVE');
}
