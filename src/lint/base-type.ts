import type { Catalog } from '../model/catalog.ts';
import { findType } from '../model/catalog-lookup.ts';
import type { DataType } from '../model/data-type.ts';

/** What a domain stands for, through domains over domains; any other type is its own base. */
export function baseTypeOf(catalog: Catalog, type: DataType): DataType {
  const user = findType(catalog, type);
  return user?.kind !== 'domain' || type.arrayDimensions > 0 ? type : baseTypeOf(catalog, user.base);
}

/** Whether a type is a domain with a CHECK or NOT NULL, its own or that of a domain below it. */
export function isConstrainedDomain(catalog: Catalog, type: DataType): boolean {
  const user = findType(catalog, type);
  if (user?.kind !== 'domain' || type.arrayDimensions > 0) return false;
  return user.notNull || user.constraints.length > 0 || isConstrainedDomain(catalog, user.base);
}
