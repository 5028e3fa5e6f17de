import type { CreateTable } from '../../model/action.ts';
import { type FactsContext, isKnown, keyOf, lookUp } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { lockReferencing, refuseBound, touchDefaultPartition } from './partition-facts.ts';

/** CREATE TABLE ... PARTITION OF: ACCESS EXCLUSIVE on the parent, and the default partition gives rows away. */
export function createPartitionFacts(context: FactsContext, part: NonNullable<CreateTable['partitionOf']>): void {
  const { draft } = context;
  const parent = lookUp(context, part.parent);
  const parentKey = keyOf(context, part.parent);
  addLock(draft, parentKey, 'ACCESS EXCLUSIVE');
  draft.because.add('CREATE TABLE ... PARTITION OF takes ACCESS EXCLUSIVE on the parent (measured on 13 to 18).');
  if (parent === null) return;
  if (parent.kind !== 'table' || parent.partitionBy === null) {
    if (parent.kind === 'table' && !isKnown(parent)) return;
    return addFailure(draft, '42P17', `${parentKey} is not partitioned`);
  }
  refuseBound(context, parent, part.bound);
  touchDefaultPartition(context, parent, part.bound);
  for (const constraint of parent.constraints) {
    if (constraint.kind === 'foreign-key') addLock(draft, constraint.references, 'SHARE ROW EXCLUSIVE');
  }
  lockReferencing(context, parent);
}
