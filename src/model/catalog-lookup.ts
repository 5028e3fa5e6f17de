import type {
  Catalog,
  ExtendedStatistics,
  ForeignKeyConstraint,
  Index,
  Relation,
  Table,
  UserFunction,
  UserType,
  View,
} from './catalog.ts';
import type { DataType } from './data-type.ts';
import { linkedKeys } from './linked-relations.ts';
import { type QualifiedName, type RelationKey, type RelationReference, relationKey } from './relation-name.ts';

/** Temporary objects live in a schema that every session calls by this name and searches first. */
export const TEMPORARY_SCHEMA = 'pg_temp';

function searched(catalog: Catalog, reference: RelationReference): readonly QualifiedName[] {
  const { schema, name } = reference;
  if (schema !== null) return [{ schema, name }];
  return [TEMPORARY_SCHEMA, ...catalog.searchPath].map((candidate) => ({ schema: candidate, name }));
}

function firstMatch<Found>(
  catalog: Catalog,
  { schema, name }: RelationReference,
  objects: Readonly<Record<RelationKey, Found>>,
): Found | null {
  if (schema !== null) return objects[relationKey({ schema, name })] ?? null;
  const temporary = objects[relationKey({ schema: TEMPORARY_SCHEMA, name })];
  if (temporary !== undefined) return temporary;
  for (const candidate of catalog.searchPath) {
    const found = objects[relationKey({ schema: candidate, name })];
    if (found !== undefined) return found;
  }
  return null;
}

/** The table, view or sequence that a name means: the first match on the search path, or null. Indexes: `findIndex`. */
export function findRelation(catalog: Catalog, reference: RelationReference): Relation | null {
  return firstMatch(catalog, reference, catalog.relations);
}

/** Like `findRelation`; null also when the name belongs to a view or a sequence. */
export function findTable(catalog: Catalog, reference: RelationReference): Table | null {
  const relation = findRelation(catalog, reference);
  return relation?.kind === 'table' ? relation : null;
}

/** The table under a key, or null. */
export function tableOf(catalog: Catalog, key: RelationKey): Table | null {
  const relation = catalog.relations[key];
  return relation?.kind === 'table' ? relation : null;
}

/**
 * The full name that a reference means: of the relation that it finds, else of the one that it would create (in the
 * first schema of the search path).
 *
 * @example resolveName(catalog, { schema: null, name: 'users' }) // { schema: 'public', name: 'users' }
 */
export function resolveName(catalog: Catalog, reference: RelationReference): QualifiedName {
  return findRelation(catalog, reference)?.name ?? nameForCreation(catalog, reference);
}

/** The full name of an object that a statement creates: never looked up, always the first schema of the search path. */
export function nameForCreation(catalog: Catalog, reference: RelationReference): QualifiedName {
  return { schema: reference.schema ?? catalog.searchPath[0] ?? 'public', name: reference.name };
}

/** The enum, domain, composite or other user type that a name means; null for built-in and unknown types. */
export function findType(
  catalog: Catalog,
  reference: RelationReference | Pick<DataType, 'schema' | 'name'>,
): UserType | null {
  return firstMatch(catalog, reference, catalog.types);
}

/** The user's function of that name; overloads share one entry. */
export function findFunction(catalog: Catalog, reference: RelationReference): UserFunction | null {
  return firstMatch(catalog, reference, catalog.functions);
}

/** The extended statistics of that name. */
export function findStatistics(catalog: Catalog, reference: RelationReference): ExtendedStatistics | null {
  for (const name of searched(catalog, reference)) {
    const found = catalog.statistics?.find((one) => relationKey(one.name) === relationKey(name));
    if (found !== undefined) return found;
  }
  return null;
}

/** An index with the table or materialized view that holds it. */
export interface IndexPlace {
  readonly relation: Table | View;
  readonly index: Index;
}

/** The index that a name means; it lives in its table's schema. */
export function findIndex(catalog: Catalog, reference: RelationReference): IndexPlace | null {
  for (const { schema, name } of searched(catalog, reference)) {
    for (const key of linkedKeys(catalog, 'index', `${schema}.${name}`)) {
      const relation = catalog.relations[key];
      if (relation === undefined || relation.kind === 'sequence' || relation.name.schema !== schema) continue;
      const index = relation.indexes.find((candidate) => candidate.name === name);
      if (index !== undefined) return { relation, index };
    }
  }
  return null;
}

/** Partitions and inheriting tables directly below a table, sorted by key. */
export function childrenOf(catalog: Catalog, key: RelationKey): readonly Table[] {
  return linkedKeys(catalog, 'child', key).flatMap((child) => tableOf(catalog, child) ?? []);
}

/** The partitions of a table at every depth, sorted by key; a sub-partitioned partition is listed too. */
export function partitionsOf(catalog: Catalog, key: RelationKey): readonly RelationKey[] {
  const found = new Set<RelationKey>();
  const collect = (parent: RelationKey): void => {
    for (const table of childrenOf(catalog, parent)) {
      if (table.partitionOf?.parent !== parent) continue;
      found.add(relationKey(table.name));
      collect(relationKey(table.name));
    }
  };
  collect(key);
  return [...found].sort();
}

/** A foreign key with the table that it is declared on. */
export interface ForeignKeyPlace {
  readonly table: Table;
  readonly constraint: ForeignKeyConstraint;
}

/** Foreign keys that point at a table, its own among them; sorted by the key of the table that declares them. */
export function referencingTables(catalog: Catalog, key: RelationKey): readonly ForeignKeyPlace[] {
  return linkedKeys(catalog, 'foreign-key', key).flatMap((source) => {
    const table = tableOf(catalog, source);
    if (table === null) return [];
    return table.constraints.flatMap((constraint) =>
      constraint.kind === 'foreign-key' && constraint.references === key ? [{ table, constraint }] : [],
    );
  });
}

/** Views and materialized views that read a relation directly (one of its columns, when given), sorted by key. */
export function viewsReading(catalog: Catalog, key: RelationKey, column: string | null = null): readonly View[] {
  return linkedKeys(catalog, 'reads', key).flatMap((name) => {
    const view = catalog.relations[name];
    if (view?.kind !== 'view' && view?.kind !== 'materialized-view') return [];
    const isRead = view.reads.some(
      (read) => read.relation === key && (column === null || read.columns === null || read.columns.includes(column)),
    );
    return isRead ? [view] : [];
  });
}

/** Sequences owned by a table's columns (serial, identity, OWNED BY), or by one of them; sorted. */
export function ownedSequences(
  catalog: Catalog,
  key: RelationKey,
  column: string | null = null,
): readonly RelationKey[] {
  return linkedKeys(catalog, 'owner', key).filter((name) => {
    const sequence = catalog.relations[name];
    if (sequence?.kind !== 'sequence') return false;
    return column === null || sequence.ownedBy?.column === column;
  });
}

/** Tables with a column that draws from a sequence by default, sorted by key. */
export function tablesThatDraw(catalog: Catalog): readonly Table[] {
  return linkedKeys(catalog, 'draws', '').flatMap((key) => tableOf(catalog, key) ?? []);
}
