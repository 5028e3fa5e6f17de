import { findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import type { FactsContext } from './facts-context.ts';

/** What a domain stands for, through domains over domains; any other type is its own base. */
export function baseTypeOf(context: FactsContext, type: DataType): DataType {
  const user = findType(context.catalog, type);
  if (user?.kind !== 'domain' || type.arrayDimensions > 0) return type;
  return baseTypeOf(context, user.base);
}

/** Whether values have to be looked at to become members: the type is a domain with a CHECK or NOT NULL. */
export function isConstrainedDomain(context: FactsContext, type: DataType): boolean {
  const user = findType(context.catalog, type);
  if (user?.kind !== 'domain' || type.arrayDimensions > 0) return false;
  return user.notNull || user.constraints.length > 0 || isConstrainedDomain(context, user.base);
}

/** Whether a type is one that somebody made here: an enum, a domain, a composite type, ... */
export function isUserType(context: FactsContext, type: DataType): boolean {
  return findType(context.catalog, type) !== null;
}

export function isSameType(a: DataType, b: DataType): boolean {
  return (
    a.name === b.name &&
    a.arrayDimensions > 0 === b.arrayDimensions > 0 &&
    a.modifiers.join() === b.modifiers.join() &&
    (a.schema === b.schema || a.schema === null || b.schema === null)
  );
}
