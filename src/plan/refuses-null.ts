import type { Catalog } from '../model/catalog.ts';
import { findType } from '../model/catalog-lookup.ts';
import type { DataType } from '../model/data-type.ts';

/** Whether a type is a domain that knows no NULL: a column of it cannot be added empty to a table with rows. */
export function refusesNull(catalog: Catalog, type: DataType): boolean {
  const user = findType(catalog, type);
  if (user?.kind !== 'domain' || type.arrayDimensions > 0) return false;
  return user.notNull || refusesNull(catalog, user.base);
}
