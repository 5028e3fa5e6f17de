import type { Cluster, CreateIndex, Reindex } from '../../model/action.ts';
import type { Index, Table, View } from '../../model/catalog.ts';
import type { LockMode } from '../../model/lock-mode.ts';
import { chooseIndexName } from '../../model/object-name.ts';
import { relationKey } from '../../model/relation-name.ts';
import { type FactsContext, hasStorage, indexKey, keyOf, lookUp, withDescendants } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';

/** CREATE INDEX: SHARE (writes wait) for as long as the build takes; CONCURRENTLY nobody waits. */
export function createIndexFacts(context: FactsContext, action: CreateIndex): void {
  const { draft } = context;
  const relation = lookUp(context, action.table);
  const mode: LockMode = action.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE';
  if (action.concurrently) draft.transaction = 'outside-only';
  addLock(draft, keyOf(context, action.table), mode);
  if (relation === null || (relation.kind !== 'table' && relation.kind !== 'materialized-view')) {
    draft.scans.add(keyOf(context, action.table));
    const name = action.name ?? `${action.table.name}_idx`;
    draft.indexBuilds.add(relationKey({ schema: relation?.name.schema ?? action.table.schema ?? 'public', name }));
    return;
  }
  if (existsAlready(context, relation, action)) return;
  if (relation.kind !== 'table') return buildOne(context, relation, action);
  if (relation.partitionBy !== null && action.concurrently) {
    return addFailure(
      draft,
      '0A000',
      `${relationKey(relation.name)} is partitioned: CONCURRENTLY works on its partitions only`,
    );
  }
  for (const one of action.only ? [relation] : withPartitions(context, relation)) {
    addLock(draft, relationKey(one.name), mode);
    buildOne(context, one, one === relation ? action : { ...action, name: null });
  }
  draft.because.add(
    action.concurrently
      ? 'CONCURRENTLY takes SHARE UPDATE EXCLUSIVE, reads the table twice and waits for older transactions; reads and writes go on.'
      : 'CREATE INDEX holds SHARE while it reads the table: writes wait, reads go on (measured on 13 to 18).',
  );
}

/** An index reaches partitions, not tables that merely inherit. */
function withPartitions(context: FactsContext, table: Table): readonly Table[] {
  return table.partitionBy === null ? [table] : withDescendants(context, table);
}

function existsAlready(context: FactsContext, table: Table | View, action: CreateIndex): boolean {
  const existing = action.name === null ? undefined : table.indexes.find((index) => index.name === action.name);
  if (existing === undefined) return false;
  if (!action.ifNotExists) addFailure(context.draft, '42P07', `the index ${existing.name} exists already`);
  context.draft.because.add(
    existing.valid
      ? 'An index of that name exists already, so nothing is built.'
      : `An INVALID index of that name exists: IF NOT EXISTS hides it, and it stays unusable.`,
  );
  return true;
}

function buildOne(context: FactsContext, table: Table | View, action: CreateIndex): void {
  const name = action.name ?? chooseIndexName(context.catalog, table.name, action.keys);
  context.draft.indexBuilds.add(indexKey(table, name));
  if (table.kind !== 'table' || hasStorage(table)) context.draft.scans.add(relationKey(table.name));
}

/** REINDEX: SHARE on the table and its index out of use meanwhile; CONCURRENTLY everybody works on. */
export function reindexFacts(context: FactsContext, action: Reindex): void {
  const { draft } = context;
  if (action.concurrently) draft.transaction = 'outside-only';
  if (action.object !== 'index' && action.object !== 'table') {
    draft.transaction = 'outside-only';
    draft.unknown.add(`REINDEX ${action.object.toUpperCase()} touches every table of it, one after the other.`);
    return;
  }
  if (action.name === null) return;
  const mode: LockMode = action.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE';
  const owner = action.object === 'index' ? ownerOfIndex(context, action.name.name) : lookUp(context, action.name);
  if (owner === null || (owner.kind !== 'table' && owner.kind !== 'materialized-view')) {
    draft.unknown.add(`The table of ${action.name.name} is not in the schema given.`);
    return;
  }
  const targets = owner.kind === 'table' ? withPartitions(context, owner) : [owner];
  if (targets.length > 1) {
    draft.transaction = 'outside-only';
    if (context.version.major < 14)
      addFailure(draft, '0A000', 'partitioned tables and indexes cannot be reindexed before PostgreSQL 14');
  }
  for (const one of targets) {
    addLock(draft, relationKey(one.name), mode);
    reindexOne(context, one, action);
  }
}

function reindexOne(context: FactsContext, table: Table | View, action: Reindex): void {
  const wanted =
    action.object === 'index' ? table.indexes.filter((index) => index.name === action.name?.name) : table.indexes;
  for (const index of wanted) context.draft.indexBuilds.add(indexKey(table, index.name));
  const isStored = table.kind !== 'table' || hasStorage(table);
  if (wanted.length > 0 && isStored) context.draft.scans.add(relationKey(table.name));
}

/** The table (or materialized view) that an index belongs to. */
export function ownerOfIndex(context: FactsContext, name: string): Table | View | null {
  for (const relation of Object.values(context.catalog.relations)) {
    if (relation.kind === 'sequence') continue;
    if (relation.indexes.some((index: Index) => index.name === name)) return relation;
  }
  return null;
}

/** CLUSTER: the table is written anew in index order while nobody may touch it. */
export function clusterFacts(context: FactsContext, action: Cluster): void {
  const { draft } = context;
  if (action.table === null) {
    draft.unknown.add('CLUSTER without a table rewrites every table that was clustered before.');
    return;
  }
  lookUp(context, action.table);
  const key = keyOf(context, action.table);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  draft.rewrites.add(key);
  draft.because.add('CLUSTER writes the whole table anew under ACCESS EXCLUSIVE.');
}
