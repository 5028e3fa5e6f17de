import type { Catalog } from '../model/catalog.ts';
import { childrenOf, partitionsOf } from '../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';

/** The default partition of a table, with what lies below it; empty when there is none. */
export function defaultPartition(catalog: Catalog, parent: RelationKey): readonly RelationKey[] {
  const found = childrenOf(catalog, parent).find((one) => one.partitionOf?.bound === 'DEFAULT');
  if (found === undefined) return [];
  const key = relationKey(found.name);
  return [key, ...partitionsOf(catalog, key)];
}
