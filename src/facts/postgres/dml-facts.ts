import type { Dml } from '../../model/action.ts';
import type { LockMode } from '../../model/lock-mode.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { type FactsContext, keyOf, lookUp } from './facts-context.ts';
import { addLock } from './facts-draft.ts';
import { lockForWrites } from './foreign-key-checks.ts';
import { nextvalSequences } from './nextval-sequences.ts';
import { lockWithSources, scanInFull } from './query-locks.ts';

/** Statements that read and write rows: their locks hang on the schema, what they read also on the query plan. */
export function dmlFacts(context: FactsContext, action: Dml): void {
  const { draft } = context;
  for (const read of action.reads) lockWithSources(context, read, readMode(context, action, read));
  for (const write of action.writes) lockWithSources(context, write, 'ROW EXCLUSIVE');
  for (const name of action.sequences ?? []) {
    const sequence = lookUp(context, name);
    if (sequence?.kind === 'sequence') addLock(draft, relationKey(sequence.name), 'ROW EXCLUSIVE');
  }
  for (const write of action.writes) {
    const relation = lookUp(context, write);
    if (relation?.kind !== 'table') continue;
    lockForWrites(context, relation, action);
    if (action.verb !== 'update' && action.verb !== 'delete') lockDefaultSequences(context, write, action);
    if (relation.triggers.length > 0) {
      draft.because.add(`Triggers of ${relationKey(relation.name)} run code of their own, which is not looked into.`);
    }
  }
  explainPartitions(context, action);
  scanFacts(context, action);
}

function explainPartitions(context: FactsContext, action: Dml): void {
  const isPartitioned = [...action.reads, ...action.writes].some((name) => {
    const relation = lookUp(context, name);
    return relation?.kind === 'table' && relation.partitionBy !== null;
  });
  if (!isPartitioned) return;
  context.draft.because.add('Which partitions it touches hangs on the values; all of them are listed.');
}

function readMode(context: FactsContext, action: Dml, read: RelationReference): LockMode {
  if (!action.locksRows) return 'ACCESS SHARE';
  const named = action.rowLocks ?? null;
  const isLocked = named === null || named.some((one) => keyOf(context, one) === keyOf(context, read));
  return isLocked ? 'ROW SHARE' : 'ACCESS SHARE';
}

/** What is certain to be read in full: all of one relation that nothing narrows. The rest is the planner's choice. */
function scanFacts(context: FactsContext, action: Dml): void {
  const { draft } = context;
  const isWhole = (action.verb === 'update' || action.verb === 'delete') && !action.filtered;
  if (isWhole) {
    draft.because.add(`The ${action.verb.toUpperCase()} has no WHERE: it touches every row in one transaction.`);
    if (action.reads.length === 0 && action.writes.length === 1) {
      if (action.writes.every((write) => scanInFull(context, write))) return;
    }
  } else if (action.readsInFull === true && action.reads.length === 1) {
    if (action.reads.every((read) => scanInFull(context, read))) return;
  }
  const isPlainInsert = action.verb === 'insert' && action.writes.length === 1;
  const isCopyIn = action.verb === 'copy' && action.writes.length > 0;
  const isWithoutTable = action.reads.length === 0 && action.writes.length === 0;
  if (isWithoutTable || (action.reads.length === 0 && (isPlainInsert || isCopyIn))) return;
  draft.unknown.add('How much of its tables it reads hangs on the query plan.');
}

/** Columns that are left to a default of nextval(), or to an identity, take a number from their sequence. */
function lockDefaultSequences(context: FactsContext, write: RelationReference, action: Dml): void {
  const table = lookUp(context, write);
  if (table?.kind !== 'table') return;
  const { sets } = action;
  for (const column of table.columns) {
    if (sets?.includes(column.name) === true) continue;
    for (const key of column.default === null ? [] : nextvalSequences(context, column.default)) {
      addLock(context.draft, key, 'ROW EXCLUSIVE');
    }
    if (column.identity === null) continue;
    for (const [key, relation] of Object.entries(context.catalog.relations)) {
      if (relation.kind !== 'sequence' || relation.ownedBy?.relation !== relationKey(table.name)) continue;
      if (relation.ownedBy.column === column.name) addLock(context.draft, key, 'ROW EXCLUSIVE');
    }
  }
}
