import type { Catalog, CatalogPublication, Table } from '../model/catalog.ts';
import { tableOf } from '../model/catalog-lookup.ts';
import { relationKey } from '../model/relation-name.ts';

/** The publications that a table is in, by name, schema, or as a partition of what is in them. */
export function publicationsOf(catalog: Catalog, table: Table): readonly CatalogPublication[] {
  if (table.persistence !== 'permanent') return [];
  const key = relationKey(table.name);
  const own = (catalog.publications ?? []).filter(
    (one) => one.allTables || one.tables.includes(key) || one.schemas.includes(table.name.schema),
  );
  const parent = table.partitionOf === null ? null : tableOf(catalog, table.partitionOf.parent);
  return [...new Set([...own, ...(parent === null ? [] : publicationsOf(catalog, parent))])];
}

/** Whether a subscriber can tell which row an UPDATE or DELETE was about. */
export function hasReplicaIdentity(table: Table): boolean {
  switch (table.replicaIdentity) {
    case 'full':
    case 'index':
      return true;
    case 'nothing':
      return false;
    default:
      return table.constraints.some((one) => one.kind === 'primary-key');
  }
}
