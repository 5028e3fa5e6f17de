import type { Action } from '../../model/action.ts';
import type { Catalog, Column, Index, Relation, Table } from '../../model/catalog.ts';
import { childrenOf, findIndex, findRelation, resolveName, tableOf } from '../../model/catalog-lookup.ts';
import type { LockMode } from '../../model/lock-mode.ts';
import { type RelationKey, type RelationReference, relationKey } from '../../model/relation-name.ts';
import type { ServerVersion } from '../../model/server-version.ts';
import { addFailure, addLock, type FactsDraft } from './facts-draft.ts';

/** What every deriver is given: the schema before the statement, the server, and the draft to write into. */
export interface FactsContext {
  readonly catalog: Catalog;
  /** The catalog holds everything there is: what it lacks does not exist. */
  readonly catalogIsComplete: boolean;
  readonly version: ServerVersion;
  /** TimeZone of the session that runs the statement; null when nobody said. It decides timestamp <-> timestamptz. */
  readonly timeZone: string | null;
  /** Tables that hold no row for certain. */
  isEmpty(relation: RelationKey): boolean;
  readonly draft: FactsDraft;
  /** Derives the facts of a statement inside a function or a block of code, on the same schema. */
  readonly deriveInside: (action: Action) => FactsDraft;
  /** How many pieces of code are around the statement. */
  readonly codeDepth: number;
}

/** The key of a relation as the statement means it, also when the schema does not know it. */
export function keyOf(context: FactsContext, reference: RelationReference): RelationKey {
  return relationKey(resolveName(context.catalog, reference));
}

/** The server's own catalogs: they are locked by every statement, and no schema given lists them. */
export function isSystemRelation({ schema, name }: RelationReference): boolean {
  return schema === 'pg_catalog' || schema === 'information_schema' || (schema === null && name.startsWith('pg_'));
}

export interface LookUpOptions {
  readonly ifExists?: boolean;
  /** Of the refusal when there is no such relation; 42P01 unless the statement has its own. */
  readonly sqlstate?: string;
}

/**
 * The relation a statement names. One that a complete catalog lacks makes the statement fail. One that an incomplete
 * catalog lacks turns the facts `unknown`: its partitions, foreign keys and indexes cannot be told.
 */
export function lookUp(
  context: FactsContext,
  reference: RelationReference,
  options: LookUpOptions = {},
): Relation | null {
  const relation = findRelation(context.catalog, reference);
  if (relation !== null || isSystemRelation(reference)) return relation;
  const key = keyOf(context, reference);
  if (!context.catalogIsComplete) {
    context.draft.unknown.add(
      `${key} is not in the schema given, so its partitions, foreign keys and indexes are not known; pass --schema or --database-url.`,
    );
  } else if (options.ifExists === true) {
    context.draft.because.add(`There is no ${key}, so nothing happens.`);
  } else {
    addFailure(context.draft, options.sqlstate ?? '42P01', `there is no ${key}`);
  }
  return null;
}

/** Whether anything of that name exists: a relation, or an index, which shares their names. */
export function isTaken(context: FactsContext, reference: RelationReference): boolean {
  return findRelation(context.catalog, reference) !== null || findIndex(context.catalog, reference) !== null;
}

/**
 * Whether what a table lacks is certain not to be there. A table that was only assumed to exist, or made from a query
 * that nobody understood, has no columns here and may have anything.
 */
export function isKnown(table: Table): boolean {
  return table.columns.length > 0;
}

const SYSTEM_COLUMNS = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);

/** Whether a name is one of the columns that every table has. */
export function isSystemColumn(name: string): boolean {
  return SYSTEM_COLUMNS.has(name);
}

/** The column of a table; the statement fails when a table of the catalog does not have it. */
export function requireColumn(context: FactsContext, table: Table, name: string): Column | null {
  const column = table.columns.find((one) => one.name === name);
  if (column !== undefined) return column;
  if (isKnown(table) && !SYSTEM_COLUMNS.has(name)) {
    addFailure(context.draft, '42703', `there is no column ${relationKey(table.name)}.${name}`);
  }
  return null;
}

/** The table itself and everything below it, at any depth. */
export function withDescendants(context: FactsContext, table: Table): readonly Table[] {
  const found = new Map([[relationKey(table.name), table]]);
  for (const child of childrenOf(context.catalog, relationKey(table.name))) {
    for (const one of withDescendants(context, child)) found.set(relationKey(one.name), one);
  }
  return [...found.values()];
}

/** The table, and what is below it unless the statement says ONLY. */
export function reached(context: FactsContext, table: Table, only: boolean): readonly Table[] {
  return only ? [table] : withDescendants(context, table);
}

/** The partitioned tables above a partition, the nearest first. */
export function ancestorsOf(context: FactsContext, table: Table): readonly Table[] {
  const above = table.partitionOf === null ? null : tableOf(context.catalog, table.partitionOf.parent);
  return above === null ? [] : [above, ...ancestorsOf(context, above)];
}

/** Looks at the bounds above a partition, as the server does once a session before it writes to it. */
export function lockAncestors(context: FactsContext, table: Table): void {
  for (const above of ancestorsOf(context, table)) addLock(context.draft, relationKey(above.name), 'ACCESS SHARE');
}

/** Partitions and inheriting tables directly below. */
export function hasChildren(context: FactsContext, table: Table): boolean {
  return childrenOf(context.catalog, relationKey(table.name)).length > 0;
}

/** Partitions directly below a partitioned table; inheriting tables are none. */
export function partitionsBelow(context: FactsContext, table: Table): readonly Table[] {
  return table.partitionBy === null ? [] : childrenOf(context.catalog, relationKey(table.name));
}

/** Whether the table has rows of its own: a partitioned parent has none. */
export function hasStorage(table: Table): boolean {
  return table.partitionBy === null;
}

/** The default partition of a partitioned table, when there is one. */
export function defaultPartitionOf(context: FactsContext, parent: RelationKey): Table | null {
  return childrenOf(context.catalog, parent).find((child) => child.partitionOf?.bound === 'DEFAULT') ?? null;
}

/** A table and all below it under one mode. */
export function lockTree(context: FactsContext, table: Table, mode: LockMode, only = false): void {
  for (const one of reached(context, table, only)) addLock(context.draft, relationKey(one.name), mode);
}

/** Notes that every row of a table, and of all below it, is read. */
export function scanTree(context: FactsContext, table: Table, only = false): void {
  for (const one of reached(context, table, only)) {
    if (hasStorage(one)) context.draft.scans.add(relationKey(one.name));
  }
}

/** Notes that every row of a table, and of all below it, is written anew. */
export function rewriteTree(context: FactsContext, table: Table, only = false): void {
  for (const one of reached(context, table, only)) {
    if (hasStorage(one)) context.draft.rewrites.add(relationKey(one.name));
  }
}

/** `schema.index` of an index of a table. */
export function indexKey(table: { readonly name: { readonly schema: string } }, index: string): RelationKey {
  return relationKey({ schema: table.name.schema, name: index });
}

/** Whether an index has to do with a column: as key, carried along, in an expression or in its condition. */
export function indexUses(index: Index, column: string): boolean {
  return (
    index.keys.some((key) => key.column === column || key.expression?.columns.includes(column) === true) ||
    index.include.includes(column) ||
    index.predicate?.columns.includes(column) === true
  );
}
