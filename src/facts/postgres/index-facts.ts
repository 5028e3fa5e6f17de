import type { Cluster, CreateIndex } from '../../model/action.ts';
import type { Table, View } from '../../model/catalog.ts';
import type { LockMode } from '../../model/lock-mode.ts';
import { chooseIndexName } from '../../model/object-name.ts';
import { relationKey } from '../../model/relation-name.ts';
import {
  type FactsContext,
  hasStorage,
  indexKey,
  isTaken,
  keyOf,
  lookUp,
  requireColumn,
  withDescendants,
} from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { buildIndex, refuseWithoutPartitionKey, type WantedIndex } from './partition-indexes.ts';
import { volatilityOf } from './volatility.ts';

/** CREATE INDEX: SHARE (writes wait) for as long as the build takes; CONCURRENTLY nobody waits. */
export function createIndexFacts(context: FactsContext, action: CreateIndex): void {
  const { draft } = context;
  const relation = lookUp(context, action.table);
  const mode: LockMode = action.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE';
  if (action.concurrently) draft.transaction = 'outside-only';
  addLock(draft, keyOf(context, action.table), mode);
  if (relation === null) return assumeOrdinaryIndex(context, action);
  if (relation.kind !== 'table' && relation.kind !== 'materialized-view') {
    return addFailure(draft, '42809', `${relationKey(relation.name)} cannot have an index`);
  }
  if (existsAlready(context, relation, action)) return;
  if (relation.kind === 'table') buildOnTable(context, relation, action, mode);
  else {
    draft.indexBuilds.add(indexKey(relation, action.name ?? chooseName(context, relation, action)));
    draft.scans.add(relationKey(relation.name));
  }
  draft.because.add(
    action.concurrently
      ? 'CONCURRENTLY lets reads and writes go on; it reads the table twice and waits for every older transaction.'
      : 'CREATE INDEX keeps writes waiting until the index is built (measured on 13 to 18).',
  );
}

function buildOnTable(context: FactsContext, table: Table, action: CreateIndex, mode: LockMode): void {
  const { draft } = context;
  const key = relationKey(table.name);
  if (table.partitionBy !== null && action.concurrently) {
    return addFailure(draft, '0A000', `${key} is partitioned: CONCURRENTLY works on its partitions only`);
  }
  refuseIndex(context, table, action);
  const isSpread = table.partitionBy !== null && !action.only;
  for (const one of isSpread ? withDescendants(context, table) : [table]) addLock(draft, relationKey(one.name), mode);
  if (hasStorage(table) || isSpread) buildIndex(context, table, wantedBy(action), nameOn(context, table, action));
}

function wantedBy(action: CreateIndex): WantedIndex {
  const { method, unique, keys, include, predicate } = action;
  return { method, unique, keys, include, predicate, constraint: null };
}

function nameOn(context: FactsContext, table: Table, action: CreateIndex): string {
  return action.name ?? chooseName(context, table, action);
}

function chooseName(context: FactsContext, relation: Table | View, action: CreateIndex): string {
  return chooseIndexName(context.catalog, relation.name, action.keys, action.include);
}

function assumeOrdinaryIndex(context: FactsContext, action: CreateIndex): void {
  const { schema, name } = action.table;
  context.draft.scans.add(keyOf(context, action.table));
  context.draft.indexBuilds.add(relationKey({ schema: schema ?? 'public', name: action.name ?? `${name}_idx` }));
}

function refuseIndex(context: FactsContext, table: Table, action: CreateIndex): void {
  const expressions = [
    ...action.keys.flatMap((key) => key.expression ?? []),
    ...(action.predicate === null ? [] : [action.predicate]),
  ];
  const columns = action.keys.flatMap((key) => (key.column === null ? [] : [key.column]));
  for (const column of [...columns, ...action.include, ...expressions.flatMap((one) => one.columns)]) {
    requireColumn(context, table, column);
  }
  for (const one of expressions) {
    const volatility = volatilityOf(context, one);
    if (volatility.kind !== 'every-row') continue;
    addFailure(context.draft, '42P17', `an index cannot be made of ${volatility.function}(), which is not immutable`);
  }
  if (action.unique) refuseWithoutPartitionKey(context, table, columns);
}

function existsAlready(context: FactsContext, relation: Table | View, action: CreateIndex): boolean {
  if (action.name === null) return false;
  if (!isTaken(context, { schema: relation.name.schema, name: action.name })) return false;
  if (!action.ifNotExists) addFailure(context.draft, '42P07', `${action.name} exists already`);
  const existing = relation.indexes.find((index) => index.name === action.name);
  context.draft.because.add(
    existing?.valid === false
      ? 'An INVALID index of that name exists: IF NOT EXISTS hides it, and it stays unusable.'
      : 'An index of that name exists already, so nothing is built.',
  );
  return true;
}

/** CLUSTER: the table is written anew in index order while nobody may touch it. */
export function clusterFacts(context: FactsContext, action: Cluster): void {
  const { draft } = context;
  if (action.table === null) {
    draft.unknown.add('CLUSTER without a table rewrites every table that was clustered before.');
    return;
  }
  const relation = lookUp(context, action.table);
  const key = keyOf(context, action.table);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  draft.because.add('CLUSTER writes the whole table anew under ACCESS EXCLUSIVE.');
  if (relation?.kind !== 'table' || hasStorage(relation)) return void draft.rewrites.add(key);
  if (context.version.major < 15) addFailure(draft, '0A000', `${key} is partitioned, which CLUSTER knows since 15`);
  draft.transaction = 'outside-only';
  for (const one of withDescendants(context, relation)) {
    addLock(draft, relationKey(one.name), 'ACCESS EXCLUSIVE');
    if (hasStorage(one)) draft.rewrites.add(relationKey(one.name));
  }
}
