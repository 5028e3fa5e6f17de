import type { CreateFunction } from '../../model/action.ts';
import { findRelation } from '../../model/catalog-lookup.ts';
import type { LockMode } from '../../model/lock-mode.ts';
import type { RelationReference } from '../../model/relation-name.ts';
import {
  type FactsContext,
  isSystemRelation,
  keyOf,
  lockAncestors,
  lockTree,
  lookUp,
  scanTree,
} from './facts-context.ts';
import { addLock } from './facts-draft.ts';

/**
 * Locks what a query names. A view stands for the relations that it reads; partitions are locked with their parent.
 *
 * @param reach LOCK TABLE leaves out the materialized views that a view reads.
 */
export function lockWithSources(
  context: FactsContext,
  reference: RelationReference,
  mode: LockMode,
  reach: 'everything' | 'tables-and-views' = 'everything',
): void {
  const relation = lookUp(context, reference);
  if (relation === null && isSystemRelation(reference)) return;
  addLock(context.draft, keyOf(context, reference), mode);
  if (relation?.kind === 'table') {
    lockTree(context, relation, mode);
    // Which partitions of a partition are left out, its own bound tells.
    if (relation.partitionBy !== null && reach === 'everything') lockAncestors(context, relation);
  }
  if (relation?.kind !== 'view') return;
  for (const read of relation.reads) {
    const source = context.catalog.relations[read.relation];
    if (source === undefined || (reach === 'tables-and-views' && source.kind === 'materialized-view')) continue;
    lockWithSources(context, source.name, mode, reach);
  }
}

/** Notes that a relation is read in full; what a view reads hangs on its query, so that answers false. */
export function scanInFull(context: FactsContext, reference: RelationReference): boolean {
  const relation = lookUp(context, reference);
  if (relation?.kind === 'view') return false;
  if (relation?.kind === 'table') scanTree(context, relation);
  else if (!isSystemRelation(reference) && relation?.kind !== 'sequence')
    context.draft.scans.add(keyOf(context, reference));
  return true;
}

/** Notes everything that a relation may have to read: itself, or all that a view stands for. */
export function listSources(context: FactsContext, reference: RelationReference): void {
  if (scanInFull(context, reference)) return;
  const relation = lookUp(context, reference);
  if (relation?.kind !== 'view') return;
  for (const read of relation.reads) {
    const source = context.catalog.relations[read.relation];
    if (source !== undefined) listSources(context, source.name);
  }
}

/**
 * Locks what a body or a condition names, only to look at it.
 *
 * @param depth a body is rewritten, so that views stand for what they read; a condition is not.
 */
export function lockNamed(
  context: FactsContext,
  action: Pick<CreateFunction, 'reads' | 'writes'>,
  depth: 'names' | 'through-views' = 'names',
): void {
  for (const [names, mode] of [
    [action.reads ?? [], 'ACCESS SHARE'],
    [action.writes ?? [], 'ROW EXCLUSIVE'],
  ] as const) {
    for (const name of names) {
      lookUp(context, name);
      if (isSystemRelation(name)) continue;
      if (depth === 'names') addLock(context.draft, keyOf(context, name), mode);
      else lockThroughViews(context, name, mode);
    }
  }
}

function lockThroughViews(context: FactsContext, reference: RelationReference, mode: LockMode): void {
  addLock(context.draft, keyOf(context, reference), mode);
  const relation = findRelation(context.catalog, reference);
  if (relation?.kind !== 'view') return;
  for (const read of relation.reads) {
    const source = context.catalog.relations[read.relation];
    if (source !== undefined) lockThroughViews(context, source.name, mode);
  }
}
