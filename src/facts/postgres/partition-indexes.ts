import type { Index, Table } from '../../model/catalog.ts';
import type { Expression } from '../../model/expression.ts';
import {
  chooseConstraintIndexName,
  chooseIndexName,
  indexNameColumns,
  joinNameParts,
} from '../../model/object-name.ts';
import { relationKey } from '../../model/relation-name.ts';
import { type FactsContext, hasStorage, indexKey, partitionsBelow } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';
import { isInPartitionKey } from './inheritance.ts';

/** An index as a table is to have it, whoever asks for it: CREATE INDEX, a constraint, or the parent of a partition. */
export interface WantedIndex {
  readonly method: string;
  readonly unique: boolean;
  readonly keys: Index['keys'];
  readonly include: readonly string[];
  readonly predicate: Expression | null;
  /** The constraint that it is for. */
  readonly constraint: 'primary-key' | 'unique' | 'exclude' | null;
}

/** What an index of the catalog asks of the partitions of its table. */
export function wantedLike(index: Index): WantedIndex {
  const { method, unique, keys, include, predicate } = index;
  const kind = index.primary ? 'primary-key' : unique ? 'unique' : 'exclude';
  return { method, unique, keys, include, predicate, constraint: index.constraint === null ? null : kind };
}

/** Columns, expressions and condition are the same; the names of the indexes do not matter. */
export function isSameIndexShape(
  a: Pick<WantedIndex, 'keys' | 'include' | 'predicate'>,
  b: Pick<WantedIndex, 'keys' | 'include' | 'predicate'>,
): boolean {
  return shapeOf(a) === shapeOf(b);
}

function shapeOf(index: Pick<WantedIndex, 'keys' | 'include' | 'predicate'>): string {
  const keys = index.keys.map((one) => one.column ?? { expression: plainSql(one.expression?.sql) });
  return JSON.stringify([keys, index.include, plainSql(index.predicate?.sql)]);
}

/** Expressions are compared without the brackets and spaces that the server adds. */
function plainSql(sql: string | undefined): string {
  return (sql ?? '').replaceAll(/[\s()]+/g, '');
}

/** The index of a partition that can serve as its part of the parent's index, so that none is built. */
function fittingIndex(table: Table, wanted: WantedIndex): Index | undefined {
  return table.indexes.find(
    (own) =>
      own.valid &&
      own.attachedTo === undefined &&
      own.unique === wanted.unique &&
      own.method === wanted.method &&
      (wanted.constraint === null ||
        (own.constraint !== null && own.primary === (wanted.constraint === 'primary-key'))) &&
      isSameIndexShape(own, wanted),
  );
}

/** Builds an index on a table, or on what is below it when the table has no rows of its own. */
export function buildIndex(context: FactsContext, table: Table, wanted: WantedIndex, name: string | null): void {
  if (hasStorage(table)) {
    context.draft.indexBuilds.add(indexKey(table, name ?? indexNameFor(context, table, wanted)));
    context.draft.scans.add(relationKey(table.name));
    return;
  }
  for (const partition of partitionsBelow(context, table)) buildPart(context, partition, wanted);
}

/** Gives a partition its part of an index: one that fits is taken over, else one is built. */
export function buildPart(context: FactsContext, partition: Table, wanted: WantedIndex): void {
  const fitting = fittingIndex(partition, wanted);
  if (fitting === undefined) return buildIndex(context, partition, wanted, null);
  context.draft.because.add(`${relationKey(partition.name)} has such an index already, which is taken over.`);
}

function indexNameFor(context: FactsContext, table: Table, wanted: WantedIndex): string {
  const { schema, name } = table.name;
  if (wanted.constraint === null) return chooseIndexName(context.catalog, table.name, wanted.keys, wanted.include);
  if (wanted.constraint === 'primary-key')
    return chooseConstraintIndexName(context.catalog, schema, name, null, 'pkey');
  const columns = joinNameParts(indexNameColumns(wanted.keys, wanted.include));
  return chooseConstraintIndexName(context.catalog, schema, name, columns, wanted.unique ? 'key' : 'excl');
}

/** A unique index of a partitioned table has to contain the partition key, as each partition checks its own rows only. */
export function refuseWithoutPartitionKey(
  context: FactsContext,
  table: Table,
  columns: readonly string[],
  only: boolean,
): void {
  if (table.partitionBy === null) return;
  const { key } = table.partitionBy;
  const isExpression = key.includes('(');
  const missing = table.columns.find((one) => isInPartitionKey(table, one.name) && !columns.includes(one.name));
  if (isExpression || missing !== undefined) {
    addFailure(
      context.draft,
      '0A000',
      `a unique index of ${relationKey(table.name)} has to contain its partition key (${key})`,
    );
  }
  if (only) return;
  for (const part of partitionsBelow(context, table)) refuseWithoutPartitionKey(context, part, columns, false);
}
