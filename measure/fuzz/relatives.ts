import type { Catalog, Table } from '../../src/model/catalog.ts';
import { childrenOf, referencingTables, viewsReading } from '../../src/model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../src/model/relation-name.ts';

/** A table of the schema with what is above, below and beside it: statements about the same few relations meet. */
export function relativesOf(catalog: Catalog, place: number): ReadonlySet<RelationKey> {
  const tables = Object.values(catalog.relations).filter((one): one is Table => one.kind === 'table');
  const table = tables[place % Math.max(tables.length, 1)];
  if (table === undefined) return new Set();
  const key = relationKey(table.name);
  const near = new Set([key]);
  for (const parent of [...table.inherits, ...(table.partitionOf === null ? [] : [table.partitionOf.parent])]) {
    near.add(parent);
  }
  for (const one of table.constraints) if (one.kind === 'foreign-key') near.add(one.references);
  for (const { table: peer } of referencingTables(catalog, key)) near.add(relationKey(peer.name));
  for (const child of childrenOf(catalog, key)) near.add(relationKey(child.name));
  for (const view of viewsReading(catalog, key)) near.add(relationKey(view.name));
  return near;
}
