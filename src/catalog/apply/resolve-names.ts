import { isBuiltInType } from '../../model/built-in-type.ts';
import type { Catalog } from '../../model/catalog.ts';
import { findFunction, findRelation, findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import type { Expression } from '../../model/expression.ts';
import { relationKey } from '../../model/relation-name.ts';

/**
 * A type with the schema in which the catalog finds it, rows of tables and views among them; built-in and unknown types
 * stay as they are written.
 */
export function resolveType(catalog: Catalog, type: DataType): DataType {
  if (type.schema === 'pg_catalog') return { ...type, schema: null };
  if (type.schema === null && isBuiltInType(type.name)) return type;
  const found = findType(catalog, type) ?? findRelation(catalog, type);
  return found === null ? type : { ...type, schema: found.name.schema };
}

/** The name under which facts find a function: `schema.name` for the user's own, as written for any other. */
export function resolveFunctionName(catalog: Catalog, written: string): string {
  const dot = written.indexOf('.');
  const reference =
    dot < 0 ? { schema: null, name: written } : { schema: written.slice(0, dot), name: written.slice(dot + 1) };
  const found = findFunction(catalog, reference);
  return found === null ? written : relationKey(found.name);
}

/** A default as the catalog keeps it; `DEFAULT NULL` is no default. */
export function resolveDefault(catalog: Catalog, expression: Expression | null): Expression | null {
  if (expression === null || /^\(*(CAST\()?NULL\b(?! IS)/i.test(expression.sql)) return null;
  return resolveExpression(catalog, expression);
}

/** An expression whose user functions are named with their schema, as the server would print them. */
export function resolveExpression(catalog: Catalog, expression: Expression): Expression {
  return { ...expression, functions: expression.functions.map((name) => resolveFunctionName(catalog, name)) };
}
