import type { Catalog } from '../../model/catalog.ts';
import type { Expression } from '../../model/expression.ts';
import { type QualifiedName, relationKey } from '../../model/relation-name.ts';
import { mapTables, putFunction, removeFunction } from '../edit-catalog.ts';
import { tablesCalling } from './drop-function.ts';
import { mapExpressions } from './map-expressions.ts';

/** A function under a new name; triggers and expressions that call it follow. */
export function renameFunction(catalog: Catalog, from: QualifiedName, to: QualifiedName): Catalog {
  const entry = catalog.functions[relationKey(from)];
  if (entry === undefined) return catalog;
  const followed = (name: string): string => (name === relationKey(from) ? relationKey(to) : name);
  const inExpression = (expression: Expression): Expression => ({
    ...expression,
    functions: expression.functions.map(followed),
  });
  const callers = tablesCalling(catalog, relationKey(from)).map(({ name }) => relationKey(name));
  const changed = mapTables(catalog, callers, (table) => ({
    ...mapExpressions(table, inExpression),
    triggers: table.triggers.map((trigger) => ({ ...trigger, function: followed(trigger.function) })),
  }));
  return putFunction(removeFunction(changed, relationKey(from)), { ...entry, name: to });
}
