import type { Cluster, CreateIndex } from '../../model/action.ts';
import type { Relation, Table, View } from '../../model/catalog.ts';
import type { Expression } from '../../model/expression.ts';
import type { LockMode } from '../../model/lock-mode.ts';
import { chooseIndexName } from '../../model/object-name.ts';
import { knownColumns } from '../../model/query-columns.ts';
import { relationKey } from '../../model/relation-name.ts';
import {
  type FactsContext,
  hasStorage,
  indexKey,
  isKnown,
  isSystemColumn,
  isTaken,
  keyOf,
  lockTree,
  lookUp,
  requireColumn,
  withDescendants,
} from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { refuseKeyTypes, refuseMethod, saysOrder } from './index-support.ts';
import { refuseMutable } from './mutability.ts';
import { buildIndex, refuseWithoutPartitionKey, type WantedIndex } from './partition-indexes.ts';
import { refuseUnknownFunctions } from './refuse-unknown.ts';

/** CREATE INDEX: SHARE (writes wait) for as long as the build takes; CONCURRENTLY nobody waits. */
export function createIndexFacts(context: FactsContext, action: CreateIndex): void {
  const { draft } = context;
  const relation = lookUp(context, action.table);
  const mode: LockMode = action.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE';
  if (action.concurrently) draft.transaction = 'outside-only';
  addLock(draft, keyOf(context, action.table), mode);
  if (relation === null) return assumeOrdinaryIndex(context, action);
  if (relation.kind !== 'table' && relation.kind !== 'materialized-view') {
    if (relation.kind === 'view') refuseExpressions(context, relation, action);
    return addFailure(draft, '42809', `${relationKey(relation.name)} cannot have an index`);
  }
  if (relation.kind !== 'table' || relation.partitionBy === null || !action.concurrently) {
    refuseIndex(context, relation, action);
  }
  // Partitions are locked before anything is looked at.
  if (relation.kind === 'table' && relation.partitionBy !== null) {
    lockTree(context, relation, mode, action.only || action.concurrently);
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

/** In the order of the server: expressions are understood first, then the access method, then the plain columns. */
function refuseIndex(context: FactsContext, relation: Table | View, action: CreateIndex): void {
  const { unique, method, keys, include, definitionSql } = action;
  const use = { method, unique, keys, include, isOrdered: saysOrder(definitionSql) };
  const expressions = refuseExpressions(context, relation, action);
  refuseMethod(context, use);
  const columns = keys.flatMap((key) => (key.column === null ? [] : [key.column]));
  for (const column of [...columns, ...include]) requireAnyColumn(context, relation, column);
  if (relation.kind !== 'table') {
    const typed = (knownColumns(relation) ?? []).flatMap(({ name, type }) => (type === null ? [] : [{ name, type }]));
    return refuseKeyTypes(context, { columns: typed }, use);
  }
  const named = [...columns, ...include, ...expressions.flatMap((one) => one.columns)];
  const virtual = relation.columns.find((one) => one.generated === 'virtual' && named.includes(one.name));
  if (virtual !== undefined) addFailure(context.draft, '0A000', `${virtual.name} is virtual and cannot be indexed`);
  for (const one of expressions) refuseMutable(context, relation, one, 'the index');
  refuseKeyTypes(context, relation, use);
  if (unique) refuseWithoutPartitionKey(context, relation, columns, action.only);
}

function refuseExpressions(context: FactsContext, relation: Table | View, action: CreateIndex): readonly Expression[] {
  const expressions = [
    ...action.keys.flatMap((key) => key.expression ?? []),
    ...(action.predicate === null ? [] : [action.predicate]),
  ];
  for (const column of expressions.flatMap((one) => one.columns)) requireAnyColumn(context, relation, column);
  for (const one of expressions) refuseUnknownFunctions(context, one);
  return expressions;
}

function requireAnyColumn(context: FactsContext, relation: Table | View, name: string): void {
  if (relation.kind === 'table') return void requireColumn(context, relation, name);
  const columns = knownColumns(relation);
  if (columns === null || isSystemColumn(name) || columns.some((one) => one.name === name)) return;
  addFailure(context.draft, '42703', `there is no column ${relationKey(relation.name)}.${name}`);
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

function refuseCluster(context: FactsContext, relation: Relation | null, action: Cluster): void {
  if (relation === null || action.index === undefined) return;
  const { draft } = context;
  const key = relationKey(relation.name);
  if (relation.kind === 'view' || relation.kind === 'sequence') return addFailure(draft, '42809', `${key} has no rows`);
  if (relation.kind === 'table' && !isKnown(relation)) return;
  if (action.index !== null) {
    const index = relation.indexes.find((one) => one.name === action.index);
    if (index === undefined) return addFailure(draft, '42704', `${key} has no index ${action.index}`);
    if (index.predicate !== null || !index.valid || (index.method !== 'btree' && index.method !== 'gist')) {
      addFailure(draft, '0A000', `${key} cannot be put into the order of ${action.index}`);
    }
    return;
  }
  const isRemembered = relation.indexes.some((index) => index.clustered === true);
  if (!isRemembered) addFailure(draft, '42704', `${key} remembers no index to be clustered by`);
}

/** CLUSTER: the table is written anew in index order while nobody may touch it. */
export function clusterFacts(context: FactsContext, action: Cluster): void {
  const { draft } = context;
  if (action.table === null) {
    draft.transaction = 'outside-only';
    draft.unknown.add('CLUSTER without a table rewrites every table that was clustered before.');
    return;
  }
  const relation = lookUp(context, action.table);
  const key = keyOf(context, action.table);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  refuseCluster(context, relation, action);
  draft.because.add('CLUSTER writes the whole table anew under ACCESS EXCLUSIVE.');
  if (relation?.kind !== 'table' || hasStorage(relation)) return void draft.rewrites.add(key);
  if (context.version.major < 15) addFailure(draft, '0A000', `${key} is partitioned, which CLUSTER knows since 15`);
  draft.transaction = 'outside-only';
  for (const one of withDescendants(context, relation)) {
    addLock(draft, relationKey(one.name), 'ACCESS EXCLUSIVE');
    if (hasStorage(one)) draft.rewrites.add(relationKey(one.name));
  }
}
