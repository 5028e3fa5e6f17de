import type { Catalog, FunctionOverload } from '../../model/catalog.ts';
import type { DataType } from '../../model/data-type.ts';
import { resolveType } from './resolve-names.ts';

/** An overload whose types are named with their schema. */
export function resolveOverload(catalog: Catalog, overload: FunctionOverload): FunctionOverload {
  return {
    ...overload,
    arguments: overload.arguments.map((type) => resolveType(catalog, type)),
    result: overload.result === null ? null : resolveType(catalog, overload.result),
  };
}

/** Whether two overloads of one name take the same arguments, so that there can be only one of them. */
export function isSameOverload(a: FunctionOverload, b: FunctionOverload): boolean {
  return isSameArguments(a.arguments, b.arguments);
}

/** Whether arguments have the same types; modifiers do not tell functions apart. */
export function isSameArguments(a: readonly DataType[], b: readonly DataType[]): boolean {
  const text = (types: readonly DataType[]): string =>
    JSON.stringify(types.map(({ schema, name, arrayDimensions }) => [schema, name, arrayDimensions > 0]));
  return text(a) === text(b);
}
