import type { Table, TriggerEvent } from '../../model/catalog.ts';
import { ownedSequences } from '../../model/catalog-lookup.ts';
import type { Dml } from '../../model/dml.ts';
import type { LockMode } from '../../model/lock-mode.ts';
import { outputColumns } from '../../model/query-columns.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { type FactsContext, keyOf, lockAncestors, lookUp, partitionsBelow, withDescendants } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { lockForWrites } from './foreign-key-checks.ts';
import { isInPartitionKey } from './inheritance.ts';
import { nextvalSequences } from './nextval-sequences.ts';
import { lockWithSources } from './query-locks.ts';
import { refuseQuery } from './refuse-columns.ts';
import { scanForRows } from './row-scans.ts';
import { runTriggers } from './run-code.ts';

/** Statements that read and write rows: their locks hang on the schema, what they read also on the query plan. */
export function dmlFacts(context: FactsContext, action: Dml): void {
  const { draft } = context;
  for (const read of action.reads) lockWithSources(context, read, readMode(context, action, read));
  for (const read of action.alsoReads ?? []) lockWithSources(context, read, 'ACCESS SHARE');
  for (const write of action.writes) lockWritten(context, write, action);
  refuseQuery(context, action.query, [...action.writes, ...action.reads]);
  for (const name of action.sequences ?? []) {
    const sequence = lookUp(context, name);
    if (sequence?.kind === 'sequence') addLock(draft, relationKey(sequence.name), 'ROW EXCLUSIVE');
  }
  for (const write of action.writes) {
    const relation = lookUp(context, write);
    if (relation?.kind === 'table') writeRows(context, relation, action);
  }
  for (const name of [...action.reads, ...action.writes]) explainPartitions(context, name, action);
  scanForRows(context, action);
}

/** What may become of rows; ON CONFLICT may turn an INSERT into an UPDATE. */
const EVENTS: Readonly<Record<Dml['verb'], readonly TriggerEvent[]>> = {
  select: ['insert', 'update', 'delete'],
  insert: ['insert', 'update'],
  copy: ['insert'],
  update: ['update'],
  delete: ['delete'],
  merge: ['insert', 'update', 'delete'],
};

/** New rows go into the table itself, or into partitions; a change reaches everything that inherits. */
function lockWritten(context: FactsContext, write: RelationReference, action: Dml): void {
  const relation = lookUp(context, write);
  const isAdding = action.verb === 'insert' || action.verb === 'copy';
  if (isAdding && relation?.kind === 'table' && relation.partitionBy === null) {
    addLock(context.draft, relationKey(relation.name), 'ROW EXCLUSIVE');
  } else lockWithSources(context, write, 'ROW EXCLUSIVE');
}

function writeRows(context: FactsContext, table: Table, action: Dml): void {
  const given = givenColumns(context, table, action);
  const computed = table.columns.find((one) => one.generated !== null && given.includes(one.name));
  if (computed !== undefined) {
    addFailure(context.draft, '428C9', `${relationKey(table.name)}.${computed.name} is generated`);
  }
  // Before 14 a DELETE looked at the bounds as well.
  if (action.verb !== 'delete' || context.version.major < 14) lockAncestors(context, table);
  lockForWrites(context, table, action);
  lockDefaultSequences(context, table, action);
  for (const one of withDescendants(context, table)) runTriggers(context, one, EVENTS[action.verb]);
}

/** Columns that get a value of the statement's own: those that an UPDATE sets, and those that a query fills. */
function givenColumns(context: FactsContext, table: Table, action: Dml): readonly string[] {
  if (action.verb === 'update') return action.sets ?? [];
  if (action.verb !== 'insert') return [];
  const taken = outputColumns(context.catalog, action.query, [...action.reads, ...(action.alsoReads ?? [])]);
  const targets = action.sets ?? table.columns.map((one) => one.name);
  return targets.slice(0, taken?.length ?? 0);
}

/** Values decide to which partitions rows go, and conditions on the partition key which of them are left out. */
function explainPartitions(context: FactsContext, name: RelationReference, action: Dml): void {
  const relation = lookUp(context, name);
  if (relation?.kind !== 'table' || relation.partitionBy === null) return;
  const isWritten = action.writes.some((write) => keyOf(context, write) === keyOf(context, name));
  const isRouted = isWritten && action.verb !== 'update' && action.verb !== 'delete';
  if (!isRouted && action.filter != null && !namesPartitionKey(context, relation, action.filter.columns)) return;
  if (!isRouted && action.readsInFull === true) return;
  context.draft.unknown.add(
    `Which partitions of ${relationKey(relation.name)} it touches hangs on the values; all of them are listed.`,
  );
}

function namesPartitionKey(context: FactsContext, table: Table, columns: readonly string[]): boolean {
  if (columns.some((column) => isInPartitionKey(table, column))) return true;
  return partitionsBelow(context, table).some((one) => namesPartitionKey(context, one, columns));
}

function readMode(context: FactsContext, action: Dml, read: RelationReference): LockMode {
  if (!action.locksRows) return 'ACCESS SHARE';
  const named = action.rowLocks ?? null;
  const isLocked = named === null || named.some((one) => keyOf(context, one) === keyOf(context, read));
  return isLocked ? 'ROW SHARE' : 'ACCESS SHARE';
}

/** Columns that are left to a default of nextval(), or to an identity, take a number from their sequence. */
function lockDefaultSequences(context: FactsContext, table: Table, action: Dml): void {
  if (action.verb === 'delete') return;
  const { sets, setsToDefault } = action;
  for (const column of table.columns) {
    const isGiven =
      action.verb === 'update' ? setsToDefault?.includes(column.name) !== true : sets?.includes(column.name);
    if (isGiven === true) continue;
    for (const key of column.default === null ? [] : nextvalSequences(context, column.default)) {
      addLock(context.draft, key, 'ROW EXCLUSIVE');
    }
    if (column.identity === null) continue;
    for (const key of ownedSequences(context.catalog, relationKey(table.name), column.name)) {
      addLock(context.draft, key, 'ROW EXCLUSIVE');
    }
  }
}
