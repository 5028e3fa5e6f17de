import type { Cluster } from '../../model/action.ts';
import type { Catalog } from '../../model/catalog.ts';
import { findRelation } from '../../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { updateIndexes } from '../edit-catalog.ts';

/** CLUSTER ... USING, which the table remembers for the next time; a partitioned one does not. */
export function rememberCluster(catalog: Catalog, action: Cluster): Catalog {
  const relation = action.table === null ? null : findRelation(catalog, action.table);
  if (relation === null || action.index == null) return catalog;
  if (relation.kind === 'table' && relation.partitionBy !== null) return catalog;
  return markClustered(catalog, relationKey(relation.name), action.index);
}

/** CLUSTER ON and SET WITHOUT CLUSTER; `name` is null for the latter. */
export function markClustered(catalog: Catalog, key: RelationKey, name: string | null): Catalog {
  return updateIndexes(catalog, key, ({ clustered: _before, ...index }) =>
    index.name === name ? { ...index, clustered: true } : index,
  );
}
