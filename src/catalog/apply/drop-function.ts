import type { Catalog, Table } from '../../model/catalog.ts';
import { findFunction } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import type { Expression } from '../../model/expression.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { mapTables, putFunction, removeFunction } from '../edit-catalog.ts';
import { dropColumn } from './drop-column.ts';
import { mapExpressions } from './map-expressions.ts';
import { isSameArguments } from './overloads.ts';
import { resolveType } from './resolve-names.ts';

/** DROP FUNCTION; CASCADE takes triggers, defaults, CHECKs, indexes and generated columns along that call it. */
export function dropFunction(
  catalog: Catalog,
  reference: RelationReference,
  cascade: boolean,
  types: readonly DataType[] | null = null,
): Catalog {
  const found = findFunction(catalog, reference);
  if (found === null) return catalog;
  const overloads = found.overloads ?? [];
  // Who calls which of them is not told apart.
  if (types !== null && overloads.length > 1) {
    const meant = types.map((type) => resolveType(catalog, type));
    return putFunction(catalog, {
      ...found,
      overloads: overloads.filter((one) => !isSameArguments(one.arguments, meant)),
    });
  }
  const name = relationKey(found.name);
  const tables = tablesCalling(catalog, name);
  if (!cascade && tables.length > 0) return catalog;
  let changed = removeFunction(catalog, name);
  for (const table of tables) {
    for (const column of table.columns) {
      if (column.generated === null || !column.default?.functions.includes(name)) continue;
      changed = dropColumn(changed, relationKey(table.name), column.name, { cascade: true, only: true });
    }
  }
  const keys = tables.map((table) => relationKey(table.name));
  return mapTables(changed, keys, (table) => withoutCalls(table, name));
}

/** The tables of which a trigger or an expression calls a function, by its key. */
export function tablesCalling(catalog: Catalog, name: string): readonly Table[] {
  return Object.values(catalog.relations).filter((one): one is Table => one.kind === 'table' && calls(one, name));
}

function calls(table: Table, name: string): boolean {
  let found = table.triggers.some((trigger) => trigger.function === name);
  mapExpressions(table, (expression) => {
    found ||= expression.functions.includes(name);
    return expression;
  });
  return found;
}

function withoutCalls(table: Table, name: string): Table {
  const isFree = (expression: Expression | null): boolean => expression?.functions.includes(name) !== true;
  return {
    ...table,
    triggers: table.triggers.filter((trigger) => trigger.function !== name),
    columns: table.columns.map((column) => (isFree(column.default) ? column : { ...column, default: null })),
    constraints: table.constraints.filter((one) => one.kind !== 'check' || isFree(one.expression)),
    indexes: table.indexes.filter(
      (index) => isFree(index.predicate) && index.keys.every((one) => isFree(one.expression)),
    ),
  };
}
