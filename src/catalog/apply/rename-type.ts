import type { Catalog, UserType } from '../../model/catalog.ts';
import type { DataType } from '../../model/data-type.ts';
import { type QualifiedName, relationKey } from '../../model/relation-name.ts';
import { mapRelations, putType, removeType } from '../edit-catalog.ts';

/** A type under a new name; columns and domains that are of it follow. */
export function renameType(catalog: Catalog, from: QualifiedName, to: QualifiedName): Catalog {
  const type = catalog.types[relationKey(from)];
  if (type === undefined || catalog.types[relationKey(to)] !== undefined) return catalog;
  const followed = (used: DataType): DataType =>
    used.schema === from.schema && used.name === from.name ? { ...used, ...to } : used;
  const isUsed = ({ type: used }: { readonly type: DataType | null }): boolean =>
    used !== null && followed(used) !== used;
  const changed = mapRelations(catalog, Object.keys(catalog.relations), (relation) => {
    if (relation.kind === 'sequence' || relation.columns?.some(isUsed) !== true) return relation;
    if (relation.kind === 'table') {
      return { ...relation, columns: relation.columns.map((one) => ({ ...one, type: followed(one.type) })) };
    }
    const columns = relation.columns.map((one) => ({ ...one, type: one.type === null ? null : followed(one.type) }));
    return { ...relation, columns };
  });
  const types = Object.entries(changed.types).map(([key, one]): [string, UserType] => [
    key,
    one.kind === 'domain' ? { ...one, base: followed(one.base) } : one,
  ]);
  const renamed = { ...changed, types: Object.fromEntries(types) };
  const moved = renamed.types[relationKey(from)] ?? type;
  return putType(removeType(renamed, relationKey(from)), { ...moved, name: to });
}
