import type { Table } from '../../model/catalog.ts';
import type { Expression } from '../../model/expression.ts';

/** Every expression of a table (defaults, CHECKs, index keys and predicates) goes through `change`. */
export function mapExpressions(table: Table, change: (expression: Expression) => Expression): Table {
  const orNull = (expression: Expression | null): Expression | null =>
    expression === null ? null : change(expression);
  return {
    ...table,
    columns: table.columns.map((column) => ({ ...column, default: orNull(column.default) })),
    constraints: table.constraints.map((one) =>
      one.kind === 'check' ? { ...one, expression: change(one.expression) } : one,
    ),
    indexes: table.indexes.map((index) => ({
      ...index,
      keys: index.keys.map((one) => ({ ...one, expression: orNull(one.expression) })),
      predicate: orNull(index.predicate),
    })),
  };
}
