import type { Reindex } from '../../model/action.ts';
import type { Index, Table, View } from '../../model/catalog.ts';
import { findIndex, findRelation } from '../../model/catalog-lookup.ts';
import type { LockMode } from '../../model/lock-mode.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { type FactsContext, hasStorage, indexKey, lookUp, partitionsBelow, withDescendants } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';

/** Before 14 a partitioned index was refused, and a partitioned table was skipped with a warning. */
const PARTITIONED_SINCE = 14;

/** REINDEX: SHARE on the table and its index out of use meanwhile; CONCURRENTLY everybody works on. */
export function reindexFacts(context: FactsContext, action: Reindex): void {
  const { draft } = context;
  if (action.concurrently) draft.transaction = 'outside-only';
  if (action.object === 'index' && action.name !== null) return reindexIndex(context, action, action.name);
  if (action.object === 'table' && action.name !== null) return reindexTable(context, action, action.name);
  reindexMany(context, action);
}

function reindexIndex(context: FactsContext, action: Reindex, name: RelationReference): void {
  const { draft } = context;
  const place = findIndex(context.catalog, name);
  if (place === null) {
    const relation = findRelation(context.catalog, name);
    if (relation !== null) addFailure(draft, '42809', `${relationKey(relation.name)} is not an index`);
    else if (context.catalogIsComplete) addFailure(draft, '42P01', `there is no index ${name.name}`);
    else draft.unknown.add(`The table of the index ${name.name} is not in the schema given.`);
    return;
  }
  const { relation, index } = place;
  if (relation.kind !== 'table' || hasStorage(relation)) return reindexOne(context, relation, [index], action);
  if (context.version.major < PARTITIONED_SINCE) {
    addFailure(draft, '0A000', 'the index of a partitioned table cannot be reindexed before PostgreSQL 14');
  }
  draft.transaction = 'outside-only';
  addLock(draft, relationKey(relation.name), modeOf(action));
  for (const [table, part] of partsOf(context, relation, index)) {
    if (hasStorage(table)) reindexOne(context, table, [part], action);
    else addLock(draft, relationKey(table.name), modeOf(action));
  }
}

/** The parts that an index of a partitioned table has on its partitions, at any depth. */
function partsOf(context: FactsContext, table: Table, index: Index): readonly (readonly [Table, Index])[] {
  return partitionsBelow(context, table).flatMap((partition) => {
    const part = partition.indexes.find((one) => one.attachedTo === index.name);
    return part === undefined ? [] : [[partition, part] as const, ...partsOf(context, partition, part)];
  });
}

function reindexTable(context: FactsContext, action: Reindex, name: RelationReference): void {
  const { draft } = context;
  const relation = lookUp(context, name);
  if (relation === null) return;
  if (relation.kind !== 'table' && relation.kind !== 'materialized-view') {
    return addFailure(draft, '42809', `${relationKey(relation.name)} is not a table`);
  }
  if (relation.kind !== 'table' || hasStorage(relation)) {
    return reindexOne(context, relation, relation.indexes, action);
  }
  addLock(draft, relationKey(relation.name), modeOf(action));
  if (context.version.major < PARTITIONED_SINCE) {
    draft.because.add('Before PostgreSQL 14 REINDEX skips a partitioned table with no more than a warning.');
    return;
  }
  draft.transaction = 'outside-only';
  for (const one of withDescendants(context, relation)) {
    if (hasStorage(one)) reindexOne(context, one, one.indexes, action);
    // The partitions are listed under SHARE, also for CONCURRENTLY: writes wait for a moment.
    if (one !== relation) addLock(draft, relationKey(one.name), 'SHARE');
  }
}

/** Of one table: CONCURRENTLY leaves the indexes of exclusion constraints as they are. */
function reindexOne(context: FactsContext, table: Table | View, indexes: readonly Index[], action: Reindex): void {
  const { draft } = context;
  addLock(draft, relationKey(table.name), modeOf(action));
  const built = indexes.filter((index) => !action.concurrently || !isExclusion(table, index));
  for (const index of built) draft.indexBuilds.add(indexKey(table, index.name));
  if (built.length > 0) draft.scans.add(relationKey(table.name));
}

function isExclusion(table: Table | View, index: Index): boolean {
  return (
    table.kind === 'table' && table.constraints.some((one) => one.kind === 'exclude' && one.name === index.constraint)
  );
}

/** REINDEX SCHEMA, DATABASE and SYSTEM go through their tables one by one, each in a transaction of its own. */
function reindexMany(context: FactsContext, action: Reindex): void {
  const { draft } = context;
  draft.transaction = 'outside-only';
  draft.because.add('It goes through its tables one by one, each in a transaction of its own.');
  if (action.object === 'system') return;
  if (!context.catalogIsComplete) {
    draft.unknown.add(`REINDEX ${action.object.toUpperCase()} reaches tables that are not in the schema given, too.`);
  }
  for (const relation of Object.values(context.catalog.relations)) {
    const isMeant = action.object === 'database' || relation.name.schema === action.name?.name;
    const hasIndexes = relation.kind === 'materialized-view' || (relation.kind === 'table' && hasStorage(relation));
    if (isMeant && hasIndexes) reindexOne(context, relation, relation.indexes, action);
  }
}

function modeOf(action: Reindex): LockMode {
  return action.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE';
}
