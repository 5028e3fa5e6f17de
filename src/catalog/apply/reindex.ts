import type { Reindex } from '../../model/action.ts';
import type { Catalog } from '../../model/catalog.ts';
import { findIndex, findRelation } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { updateIndexes } from '../edit-catalog.ts';

/** REINDEX mends what a failed CREATE INDEX CONCURRENTLY left invalid. */
export function reindex(catalog: Catalog, action: Reindex): Catalog {
  if (action.name === null) return catalog;
  if (action.object === 'index') {
    const place = findIndex(catalog, action.name);
    if (place === null || (place.relation.kind === 'table' && place.relation.partitionBy !== null)) return catalog;
    return updateIndexes(catalog, relationKey(place.relation.name), (index) =>
      index.name === place.index.name ? { ...index, valid: true } : index,
    );
  }
  const relation = action.object === 'table' ? findRelation(catalog, action.name) : null;
  if (relation === null || (relation.kind === 'table' && relation.partitionBy !== null)) return catalog;
  return updateIndexes(catalog, relationKey(relation.name), (index) => ({ ...index, valid: true }));
}
