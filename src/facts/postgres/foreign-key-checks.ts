import type { Column, ForeignKeyConstraint, Table } from '../../model/catalog.ts';
import { tableOf } from '../../model/catalog-lookup.ts';
import type { Dml } from '../../model/dml.ts';
import type { LockMode } from '../../model/lock-mode.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { withPartitions } from './add-foreign-key.ts';
import type { FactsContext } from './facts-context.ts';
import { addLock } from './facts-draft.ts';
import { referencesTo } from './references.ts';

/**
 * Locks that the checks of foreign keys take while rows are written: ROW SHARE on the referenced table when a key comes
 * in, ROW SHARE or (when the change is handed on) ROW EXCLUSIVE on the referencing tables when one goes away. Whether a
 * check runs at all hangs on the values; the locks listed are those that may be taken.
 */
export function lockForWrites(context: FactsContext, table: Table, action: Dml): void {
  const comesIn = action.verb === 'insert' || action.verb === 'copy';
  if (action.verb === 'delete') return lockReferencing(context, table, 'delete', null, new Set());
  if (action.verb === 'merge') lockReferencing(context, table, 'delete', null, new Set());
  const columns = comesIn || action.verb === 'merge' ? null : (action.sets ?? null);
  if (!comesIn) lockReferencing(context, table, 'update', columns, new Set());
  for (const constraint of foreignKeysOf(table)) {
    const touches = comesIn
      ? canBeGiven(table, constraint, action.sets ?? null)
      : columns === null || constraint.columns.some((column) => columns.includes(column));
    if (touches) lockTable(context, constraint.references, 'ROW SHARE');
  }
}

function foreignKeysOf(table: Table): readonly ForeignKeyConstraint[] {
  return table.constraints.filter((one): one is ForeignKeyConstraint => one.kind === 'foreign-key');
}

/** A key of which one column stays NULL is not checked. */
function canBeGiven(table: Table, constraint: ForeignKeyConstraint, given: readonly string[] | null): boolean {
  const isFilled = (column: Column | undefined): boolean => column?.default != null || column?.identity != null;
  return constraint.columns.every(
    (name) => given === null || given.includes(name) || isFilled(table.columns.find((one) => one.name === name)),
  );
}

function lockTable(context: FactsContext, key: RelationKey, mode: LockMode): void {
  const table = tableOf(context.catalog, key);
  addLock(context.draft, key, mode);
  if (table !== null)
    for (const one of withPartitions(context, table)) addLock(context.draft, relationKey(one.name), mode);
  context.draft.because.add('Foreign keys are checked as far as the values ask for it; those locks are listed too.');
}

const HANDED_ON = /CASCADE|SET\s+(NULL|DEFAULT)/i;

/** @param columns those that an UPDATE sets; null for any */
function lockReferencing(
  context: FactsContext,
  table: Table,
  event: 'delete' | 'update',
  columns: readonly string[] | null,
  seen: Set<RelationKey>,
): void {
  const key = relationKey(table.name);
  if (seen.has(`${event} ${key}`)) return;
  seen.add(`${event} ${key}`);
  for (const { table: peer, constraint } of referencesTo(context, table)) {
    const isTouched = columns === null || constraint.referencedColumns.some((column) => columns.includes(column));
    if (event === 'update' && !isTouched) continue;
    const rule = event === 'delete' ? constraint.onDelete : constraint.onUpdate;
    const isHandedOn = HANDED_ON.test(rule);
    lockTable(context, relationKey(peer.name), isHandedOn ? 'ROW EXCLUSIVE' : 'ROW SHARE');
    if (!isHandedOn) continue;
    const isDelete = event === 'delete' && /CASCADE/i.test(rule);
    lockReferencing(context, peer, isDelete ? 'delete' : 'update', isDelete ? null : constraint.columns, seen);
  }
}
