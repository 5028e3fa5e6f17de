import type { Analyze, Grant, LockTable, Publication, Truncate, Vacuum } from '../../model/action.ts';
import type { CatalogPublication } from '../../model/catalog.ts';
import { ownedSequences, tableOf } from '../../model/catalog-lookup.ts';
import type { LockMode } from '../../model/lock-mode.ts';
import { knownColumns } from '../../model/query-columns.ts';
import { type RelationKey, type RelationReference, relationKey } from '../../model/relation-name.ts';
import {
  type FactsContext,
  hasStorage,
  keyOf,
  lockAncestors,
  lockTree,
  lookUp,
  withDescendants,
} from './facts-context.ts';
import { addFailure, addLock, addLocks } from './facts-draft.ts';
import { lockWithSources } from './query-locks.ts';
import { referencesTo } from './references.ts';
import { refuseMissingSchema } from './schema-facts.ts';

/** TRUNCATE: ACCESS EXCLUSIVE, and every row is gone. */
export function truncateFacts(context: FactsContext, action: Truncate): void {
  const { draft } = context;
  const queue: RelationKey[] = [];
  for (const name of action.tables) {
    const relation = lookUp(context, name);
    if (relation !== null && relation.kind !== 'table') {
      addFailure(draft, '42809', `${relationKey(relation.name)} is not a table`);
    }
    if (action.only === true && relation?.kind === 'table' && relation.partitionBy !== null) {
      addFailure(draft, '42809', `${relationKey(relation.name)} has no rows of its own: ONLY leaves nothing to empty`);
    }
    queue.push(keyOf(context, name));
  }
  const emptied = new Set<RelationKey>();
  for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
    if (emptied.has(key)) continue;
    emptied.add(key);
    const only = action.only === true && action.tables.some((name) => keyOf(context, name) === key);
    truncateOne(context, key, action.restartIdentity, only);
    const table = tableOf(context.catalog, key);
    if (table !== null && !only) for (const one of withDescendants(context, table)) emptied.add(relationKey(one.name));
    for (const peer of table === null ? [] : referencesTo(context, table)) {
      const peerKey = relationKey(peer.table.name);
      if (emptied.has(peerKey) || queue.includes(peerKey)) continue;
      if (!action.cascade) addFailure(draft, '0A000', `${peerKey} has a foreign key to ${key}`);
      else queue.push(peerKey);
    }
  }
}

function truncateOne(context: FactsContext, key: RelationKey, restartIdentity: boolean, only: boolean): void {
  const { draft } = context;
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  draft.losses.add(`all rows of ${key}`);
  const table = tableOf(context.catalog, key);
  if (table === null) return;
  lockTree(context, table, 'ACCESS EXCLUSIVE', only);
  if (restartIdentity) addLocks(draft, ownedSequences(context.catalog, key, null), 'ACCESS EXCLUSIVE');
  // PostgreSQL 13 looks for foreign keys to the tables above.
  if (context.version.major < 14) lockAncestors(context, table);
}

/** LOCK TABLE; a view hands the lock on to all that it reads. */
export function lockTableFacts(context: FactsContext, action: LockTable): void {
  for (const name of action.tables) {
    const relation = lookUp(context, name);
    const key = keyOf(context, name);
    addLock(context.draft, key, action.mode);
    if (relation?.kind === 'materialized-view' || relation?.kind === 'sequence')
      addFailure(context.draft, '42809', `${key} cannot be locked`);
    else if (action.only && relation?.kind === 'table') lockTree(context, relation, action.mode, true);
    else lockWithSources(context, name, action.mode, 'tables-and-views');
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
      const table = tableOf(context.catalog, key);
      if (action.full && (table === null || hasStorage(table))) draft.rewrites.add(key);
    }
  }
  if (action.full) draft.because.add('VACUUM FULL copies the whole table while nobody may touch it.');
}

/** ANALYZE: SHARE UPDATE EXCLUSIVE; with ONLY (18) the partitions are sampled for their parent and no more. */
export function analyzeFacts(context: FactsContext, action: Analyze): void {
  const { draft } = context;
  for (const name of action.tables) {
    const relation = lookUp(context, name);
    if (relation?.kind === 'table') {
      lockTree(context, relation, action.only === true ? 'ACCESS SHARE' : 'SHARE UPDATE EXCLUSIVE');
    }
    addLock(draft, keyOf(context, name), 'SHARE UPDATE EXCLUSIVE');
  }
  draft.because.add('ANALYZE reads a sample of the rows; reads and writes go on.');
  if (action.tables.length === 0)
    draft.unknown.add('ANALYZE without a table goes through every table of the database.');
}

const GRANT_LOCKS_SINCE = 18;

/** GRANT and REVOKE look at what they name, and nobody waits for that. */
export function grantFacts(context: FactsContext, action: Grant): void {
  for (const name of action.relations) {
    const relation = lookUp(context, name);
    const known = knownColumns(relation);
    const missing =
      known === null ? undefined : action.columns?.find((one) => !known.some((column) => column.name === one));
    if (missing !== undefined)
      addFailure(context.draft, '42703', `there is no column ${keyOf(context, name)}.${missing}`);
    if (context.version.major >= GRANT_LOCKS_SINCE) addLock(context.draft, keyOf(context, name), 'ACCESS SHARE');
  }
  context.draft.because.add('GRANT and REVOKE change privileges; nobody waits for them.');
}

/** CREATE and ALTER PUBLICATION: SHARE UPDATE EXCLUSIVE on the tables named, and on those that SET TABLE lets go. */
export function publicationFacts(context: FactsContext, action: Publication): void {
  const mode: LockMode = 'SHARE UPDATE EXCLUSIVE';
  const existing = context.catalog.publications?.find((one) => one.name === action.name);
  if (context.catalog.publications !== undefined && context.catalogIsComplete) {
    const isThere = existing !== undefined;
    if (action.verb === 'create' && isThere) addFailure(context.draft, '42710', `${action.name} exists already`);
    if (action.verb === 'alter' && !isThere) addFailure(context.draft, '42704', `there is no ${action.name}`);
  }
  for (const schema of action.schemas ?? []) refuseMissingSchema(context, schema);
  for (const name of action.tables) lockPublished(context, name, mode);
  if (action.verb !== 'alter' || action.change === undefined) return;
  if (existing !== undefined) return changePublished(context, existing, action);
  if (action.change === 'set') {
    context.draft.unknown.add(
      'SET TABLE locks the tables that leave the publication too; the schema does not tell which.',
    );
  }
}

function changePublished(context: FactsContext, existing: CatalogPublication, action: Publication): void {
  const { draft } = context;
  if (action.change === 'set') addLocks(draft, existing.tables, 'SHARE UPDATE EXCLUSIVE');
  for (const table of action.tables) {
    const key = keyOf(context, table);
    const isIn = existing.tables.includes(key);
    if (action.change === 'add' && isIn) addFailure(draft, '42710', `${key} is in ${existing.name} already`);
    if (action.change === 'drop' && !isIn) addFailure(draft, '42704', `${key} is not in ${existing.name}`);
  }
}

function lockPublished(context: FactsContext, name: RelationReference, mode: LockMode): void {
  const relation = lookUp(context, name);
  addLock(context.draft, keyOf(context, name), mode);
  if (relation?.kind === 'table') lockTree(context, relation, mode, relation.partitionBy !== null);
}
