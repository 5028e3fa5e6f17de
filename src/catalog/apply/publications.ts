import type { Publication } from '../../model/action.ts';
import type { Catalog, CatalogPublication } from '../../model/catalog.ts';
import { findRelation } from '../../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { byName, treeOf } from '../edit-catalog.ts';

/** CREATE and ALTER PUBLICATION. */
export function changePublication(catalog: Catalog, action: Publication): Catalog {
  const { name = '', allTables } = action;
  const existing = (catalog.publications ?? []).find((one) => one.name === name);
  const tables = action.tables.flatMap((table): readonly RelationKey[] => {
    const found = findRelation(catalog, table);
    if (found === null) return [];
    // Tables that inherit come along; partitions are published through their parent.
    const isParent = found.kind === 'table' && found.partitionBy === null;
    return isParent ? treeOf(catalog, relationKey(found.name), false) : [relationKey(found.name)];
  });
  const schemas = action.schemas ?? [];
  const insertsOnly = action.publishesChanges === false ? ({ insertsOnly: true } as const) : {};
  if (action.verb === 'create') {
    if (existing !== undefined) return catalog;
    return putPublication(catalog, { name, allTables, tables, schemas, ...insertsOnly });
  }
  if (existing === undefined) return catalog;
  if (action.publishesChanges !== undefined) {
    const { insertsOnly: _, ...others } = existing;
    return putPublication(catalog, { ...others, ...insertsOnly });
  }
  switch (action.change) {
    case 'add':
      return putPublication(catalog, {
        ...existing,
        tables: [...new Set([...existing.tables, ...tables])],
        schemas: [...new Set([...existing.schemas, ...schemas])],
      });
    case 'drop':
      return putPublication(catalog, {
        ...existing,
        tables: existing.tables.filter((table) => !tables.includes(table)),
        schemas: existing.schemas.filter((schema) => !schemas.includes(schema)),
      });
    case 'set':
      return putPublication(catalog, { ...existing, tables, schemas });
    default:
      return catalog;
  }
}

/** DROP PUBLICATION. */
export function dropPublication(catalog: Catalog, name: string): Catalog {
  return { ...catalog, publications: (catalog.publications ?? []).filter((one) => one.name !== name) };
}

/** ALTER PUBLICATION ... RENAME TO. */
export function renamePublication(catalog: Catalog, from: string, to: string): Catalog {
  const publications = (catalog.publications ?? []).map((one) => (one.name === from ? { ...one, name: to } : one));
  return { ...catalog, publications: publications.sort(byName) };
}

/** The catalog with the publication under its own name. */
export function putPublication(catalog: Catalog, publication: CatalogPublication): Catalog {
  const others = (catalog.publications ?? []).filter((one) => one.name !== publication.name);
  const { tables, schemas } = publication;
  const sorted = { ...publication, tables: [...tables].sort(), schemas: [...schemas].sort() };
  return { ...catalog, publications: [...others, sorted].sort(byName) };
}
