import type { Analyze, Dml, Grant, LockTable, Publication, Truncate, Vacuum } from '../../model/action.ts';
import { ownedSequences, referencingTables, tableOf } from '../../model/catalog-lookup.ts';
import type { LockMode } from '../../model/lock-mode.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { type FactsContext, hasStorage, keyOf, lockTree, lookUp, withDescendants } from './facts-context.ts';
import { addFailure, addLock, addLocks } from './facts-draft.ts';

/** Statements that read and write rows. */
export function dmlFacts(context: FactsContext, action: Dml): void {
  const { draft } = context;
  for (const read of action.reads) lockWithViews(context, read, action.locksRows ? 'ROW SHARE' : 'ACCESS SHARE');
  for (const write of action.writes) lockWithViews(context, write, 'ROW EXCLUSIVE');
  if (action.verb === 'insert') return;
  const isWhole = (action.verb === 'update' || action.verb === 'delete') && !action.filtered;
  if (isWhole) {
    for (const write of action.writes) scanTree(context, write);
    draft.because.add(`The ${action.verb.toUpperCase()} has no WHERE: it touches every row in one transaction.`);
  } else if (action.verb === 'copy') {
    for (const read of action.reads) scanTree(context, read);
  } else {
    draft.because.add('How many rows it reads hangs on the data and the query plan.');
  }
}

function scanTree(context: FactsContext, reference: RelationReference): void {
  const key = keyOf(context, reference);
  const table = tableOf(context.catalog, key);
  if (table === null) return void context.draft.scans.add(key);
  for (const one of withDescendants(context, table))
    if (hasStorage(one)) context.draft.scans.add(relationKey(one.name));
}

/** A view stands for the relations that it reads; partitions are locked with their parent. */
function lockWithViews(context: FactsContext, reference: RelationReference, mode: LockMode): void {
  const relation = lookUp(context, reference);
  addLock(context.draft, keyOf(context, reference), mode);
  if (relation?.kind === 'table') lockTree(context, relation, mode);
  if (relation?.kind !== 'view') return;
  for (const read of relation.reads) {
    const source = context.catalog.relations[read.relation];
    if (source !== undefined) lockWithViews(context, source.name, mode);
  }
}

/** TRUNCATE: ACCESS EXCLUSIVE, and every row is gone. */
export function truncateFacts(context: FactsContext, action: Truncate): void {
  const { draft } = context;
  const named = new Set(action.tables.map((table) => keyOf(context, table)));
  const queue = [...action.tables.map((table) => keyOf(context, table))];
  for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
    addLock(draft, key, 'ACCESS EXCLUSIVE');
    draft.losses.add(`all rows of ${key}`);
    const table = tableOf(context.catalog, key);
    if (table === null) {
      lookUp(context, action.tables[0] ?? { schema: null, name: key });
      continue;
    }
    lockTree(context, table, 'ACCESS EXCLUSIVE');
    if (action.restartIdentity) addLocks(draft, ownedSequences(context.catalog, key, null), 'ACCESS EXCLUSIVE');
    for (const peer of referencingTables(context.catalog, key)) {
      const peerKey = relationKey(peer.table.name);
      if (named.has(peerKey)) continue;
      if (!action.cascade) addFailure(draft, '0A000', `${peerKey} has a foreign key to ${key}`);
      named.add(peerKey);
      if (action.cascade) queue.push(peerKey);
    }
  }
}

export function lockTableFacts(context: FactsContext, action: LockTable): void {
  for (const name of action.tables) {
    const relation = lookUp(context, name);
    addLock(context.draft, keyOf(context, name), action.mode);
    if (relation?.kind === 'table') lockTree(context, relation, action.mode, action.only);
    if (relation?.kind === 'view')
      for (const read of relation.reads) addLock(context.draft, read.relation, action.mode);
  }
}

/** VACUUM: SHARE UPDATE EXCLUSIVE; FULL writes the table anew under ACCESS EXCLUSIVE. Never in a transaction. */
export function vacuumFacts(context: FactsContext, action: Vacuum): void {
  const { draft } = context;
  draft.transaction = 'outside-only';
  if (action.tables.length === 0) draft.unknown.add('VACUUM without a table goes through every table of the database.');
  for (const name of action.tables) {
    const relation = lookUp(context, name);
    const tables = relation?.kind === 'table' ? withDescendants(context, relation) : [];
    const keys = tables.length === 0 ? [keyOf(context, name)] : tables.map((table) => relationKey(table.name));
    for (const key of keys) {
      addLock(draft, key, action.full ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE');
      if (action.full && tableOf(context.catalog, key)?.partitionBy == null) draft.rewrites.add(key);
    }
  }
  if (action.full) draft.because.add('VACUUM FULL copies the whole table while nobody may touch it.');
}

export function analyzeFacts(context: FactsContext, action: Analyze): void {
  for (const name of action.tables) {
    const relation = lookUp(context, name);
    addLock(context.draft, keyOf(context, name), 'SHARE UPDATE EXCLUSIVE');
    if (relation?.kind === 'table') lockTree(context, relation, 'SHARE UPDATE EXCLUSIVE');
  }
  if (action.tables.length === 0)
    context.draft.unknown.add('ANALYZE without a table goes through every table of the database.');
}

export function grantFacts(context: FactsContext, _action: Grant): void {
  context.draft.because.add('GRANT and REVOKE lock no table.');
}

/** CREATE and ALTER PUBLICATION: SHARE UPDATE EXCLUSIVE on the tables named. */
export function publicationFacts(context: FactsContext, action: Publication): void {
  for (const name of action.tables) {
    const relation = lookUp(context, name);
    addLock(context.draft, keyOf(context, name), 'SHARE UPDATE EXCLUSIVE');
    if (relation?.kind === 'table') lockTree(context, relation, 'SHARE UPDATE EXCLUSIVE');
  }
}
