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

/** Types whose values are cut or rounded to the modifier by a function, which also stands around a NULL. */
const CUT_TO_SIZE = new Set([
  'varchar',
  'bpchar',
  'numeric',
  'bit',
  'varbit',
  'time',
  'timetz',
  'timestamp',
  'timestamptz',
]);

/**
 * A default as the catalog keeps it. `DEFAULT NULL` is no default, unless the server has to bring the NULL into the type
 * of the column: into a size, or a domain.
 */
export function resolveDefault(catalog: Catalog, expression: Expression | null, type: DataType): Expression | null {
  if (expression === null) return null;
  const isNull = /^\(*(CAST\()?NULL\b(?! IS)/i.test(expression.sql);
  const isSized = type.schema === null && type.modifiers.length > 0 && CUT_TO_SIZE.has(type.name);
  const isDomain = findType(catalog, type)?.kind === 'domain' && type.arrayDimensions === 0;
  return isNull && !isSized && !isDomain ? null : resolveExpression(catalog, expression);
}

/** An expression whose user functions are named with their schema, as the server would print them. */
export function resolveExpression(catalog: Catalog, expression: Expression): Expression {
  return { ...expression, functions: expression.functions.map((name) => resolveFunctionName(catalog, name)) };
}
