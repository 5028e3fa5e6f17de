import type { Catalog, Relation, Table } from '../../model/catalog.ts';
import { childrenOf, findRelation, resolveName, viewsReading } from '../../model/catalog-lookup.ts';
import { type RelationKey, type RelationReference, relationKey } from '../../model/relation-name.ts';
import type { ServerVersion } from '../../model/server-version.ts';
import { addLock, type FactsDraft } from './facts-draft.ts';

/** What every deriver is given: the schema before the statement, the server, and the draft to write into. */
export interface FactsContext {
  readonly catalog: Catalog;
  readonly version: ServerVersion;
  /** TimeZone of the session that runs the statement; null when nobody said. It decides timestamp <-> timestamptz. */
  readonly timeZone: string | null;
  readonly draft: FactsDraft;
}

/** The key of a relation as the statement means it, also when the schema does not know it. */
export function keyOf(context: FactsContext, reference: RelationReference): RelationKey {
  return relationKey(resolveName(context.catalog, reference));
}

/**
 * The relation a statement names. When the schema given does not hold it, the facts turn `unknown`: its partitions,
 * foreign keys and indexes cannot be told.
 */
export function lookUp(context: FactsContext, reference: RelationReference): Relation | null {
  const relation = findRelation(context.catalog, reference);
  if (relation === null) {
    context.draft.unknown.add(
      `${keyOf(context, reference)} is not in the schema given, so its partitions, foreign keys and indexes are not known; pass --schema or --database-url.`,
    );
  }
  return relation;
}

/** Like `lookUp`, for a table. Another kind of relation answers null without turning the facts unknown. */
export function lookUpTable(context: FactsContext, reference: RelationReference): Table | null {
  const relation = lookUp(context, reference);
  return relation?.kind === 'table' ? relation : null;
}

/** The table itself and everything below it, at any depth. */
export function withDescendants(context: FactsContext, table: Table): readonly Table[] {
  const found = [table];
  for (const child of childrenOf(context.catalog, relationKey(table.name))) {
    for (const descendant of withDescendants(context, child)) if (!found.includes(descendant)) found.push(descendant);
  }
  return found;
}

/** Whether the table has rows of its own: a partitioned parent has none. */
export function hasStorage(table: Table): boolean {
  return table.partitionBy === null;
}

/** The default partition of a partitioned table, when there is one. */
export function defaultPartitionOf(context: FactsContext, parent: RelationKey): Table | null {
  return childrenOf(context.catalog, parent).find((child) => child.partitionOf?.bound === 'DEFAULT') ?? null;
}

/** Views and materialized views that read a relation (one of its columns, when given), directly or through others. */
export function viewsOver(context: FactsContext, key: RelationKey, column: string | null): readonly RelationKey[] {
  const found = new Set<RelationKey>();
  const collect = (source: RelationKey, named: string | null): void => {
    for (const view of viewsReading(context.catalog, source, named)) {
      const name = relationKey(view.name);
      if (found.has(name)) continue;
      found.add(name);
      collect(name, null);
    }
  };
  collect(key, column);
  return [...found].sort();
}

/** A table and all below it under one mode. */
export function lockTree(context: FactsContext, table: Table, mode: Parameters<typeof addLock>[2], only = false): void {
  for (const one of only ? [table] : withDescendants(context, table))
    addLock(context.draft, relationKey(one.name), mode);
}

/** `schema.index` of an index of a table. */
export function indexKey(table: { readonly name: { readonly schema: string } }, index: string): RelationKey {
  return relationKey({ schema: table.name.schema, name: index });
}
