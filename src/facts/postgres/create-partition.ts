import type { CreateTable } from '../../model/action.ts';
import type { Table } from '../../model/catalog.ts';
import { relationKey } from '../../model/relation-name.ts';
import { type FactsContext, isKnown, keyOf, lookUp } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { lockReferencing, refuseBound, refuseBoundKind, touchDefaultPartition } from './partition-facts.ts';

/** CREATE TABLE ... PARTITION OF: ACCESS EXCLUSIVE on the parent, and the default partition gives rows away. */
export function createPartitionFacts(
  context: FactsContext,
  part: NonNullable<CreateTable['partitionOf']>,
  persistence: CreateTable['persistence'],
): void {
  const { draft } = context;
  const parent = lookUp(context, part.parent);
  const parentKey = keyOf(context, part.parent);
  addLock(draft, parentKey, 'ACCESS EXCLUSIVE');
  draft.because.add('CREATE TABLE ... PARTITION OF takes ACCESS EXCLUSIVE on the parent (measured on 13 to 18).');
  if (parent === null) return;
  if (parent.kind !== 'table' || parent.partitionBy === null) {
    if (parent.kind === 'table' && !isKnown(parent)) return;
    if (parent.kind !== 'table') return addFailure(draft, '42809', `${parentKey} is not a table`);
    refuseTemporary(context, parent, persistence);
    return addFailure(draft, '42P17', `${parentKey} is not partitioned`);
  }
  refuseTemporary(context, parent, persistence);
  refuseBoundKind(context, parent, part.bound);
  refuseBound(context, parent, part.bound);
  touchDefaultPartition(context, parent, part.bound);
  for (const constraint of parent.constraints) {
    if (constraint.kind === 'foreign-key') addLock(draft, constraint.references, 'SHARE ROW EXCLUSIVE');
  }
  lockReferencing(context, parent);
}

function refuseTemporary(context: FactsContext, parent: Table, persistence: CreateTable['persistence']): void {
  if ((persistence === 'temporary') === (parent.persistence === 'temporary')) return;
  const key = relationKey(parent.name);
  addFailure(context.draft, '42809', `a partition is temporary if and only if its parent ${key} is`);
}
