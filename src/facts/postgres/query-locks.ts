import type { LockMode } from '../../model/lock-mode.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import {
  type FactsContext,
  hasStorage,
  isSystemRelation,
  keyOf,
  lockTree,
  lookUp,
  withDescendants,
} from './facts-context.ts';
import { addLock } from './facts-draft.ts';

/** Locks what a query names. A view stands for the relations that it reads; partitions are locked with their parent. */
export function lockWithSources(context: FactsContext, reference: RelationReference, mode: LockMode): void {
  const relation = lookUp(context, reference);
  if (relation === null && isSystemRelation(reference)) return;
  addLock(context.draft, keyOf(context, reference), mode);
  if (relation?.kind === 'table') lockTree(context, relation, mode);
  if (relation?.kind !== 'view') return;
  for (const read of relation.reads) {
    const source = context.catalog.relations[read.relation];
    if (source !== undefined) lockWithSources(context, source.name, mode);
  }
}

/** Notes that a relation is read in full; what a view reads hangs on its query, so that answers false. */
export function scanInFull(context: FactsContext, reference: RelationReference): boolean {
  const relation = lookUp(context, reference);
  if (relation?.kind === 'view') return false;
  if (relation?.kind !== 'table') {
    if (!isSystemRelation(reference)) context.draft.scans.add(keyOf(context, reference));
    return true;
  }
  for (const one of withDescendants(context, relation)) {
    if (hasStorage(one)) context.draft.scans.add(relationKey(one.name));
  }
  return true;
}
