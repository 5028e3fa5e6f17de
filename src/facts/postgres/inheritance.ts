import type { Table, TableConstraint } from '../../model/catalog.ts';
import { childrenOf, tableOf } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import type { FactsContext } from './facts-context.ts';

/** The tables directly above: the partitioned parent, or those of INHERITS. */
function parentsOf(context: FactsContext, table: Table): readonly Table[] {
  const keys = table.partitionOf === null ? table.inherits : [table.partitionOf.parent];
  return keys.flatMap((key) => tableOf(context.catalog, key) ?? []);
}

/** Whether a column comes from a parent, so that it can only be changed there. */
export function isInheritedColumn(context: FactsContext, table: Table, column: string): boolean {
  return parentsOf(context, table).some((parent) => parent.columns.some((one) => one.name === column));
}

/** Whether a constraint comes from a parent, so that it can only be dropped there. */
export function isInheritedConstraint(context: FactsContext, table: Table, constraint: TableConstraint): boolean {
  switch (constraint.kind) {
    case 'check':
      return parentsOf(context, table).some((parent) =>
        parent.constraints.some((one) => one.kind === 'check' && one.name === constraint.name && !one.noInherit),
      );
    case 'not-null':
      return parentsOf(context, table).some((parent) =>
        parent.constraints.some((one) => one.kind === 'not-null' && one.column === constraint.column),
      );
    case 'foreign-key':
      return (
        table.partitionOf !== null &&
        parentsOf(context, table).some((parent) =>
          parent.constraints.some(
            (one) =>
              one.kind === 'foreign-key' &&
              one.references === constraint.references &&
              one.columns.join() === constraint.columns.join(),
          ),
        )
      );
    default:
      return table.indexes.some((index) => index.constraint === constraint.name && index.attachedTo !== undefined);
  }
}

/** Whether a column is part of the partition key of a table, or of a partition at any depth. */
export function isInAnyPartitionKey(context: FactsContext, table: Table, column: string): boolean {
  if (isInPartitionKey(table, column)) return true;
  return childrenOf(context.catalog, relationKey(table.name)).some((one) => isInAnyPartitionKey(context, one, column));
}

/** Whether a column is part of the partition key, by itself or in an expression. */
export function isInPartitionKey(table: Table, column: string): boolean {
  if (table.partitionBy === null) return false;
  const names = table.partitionBy.key.match(/"(?:[^"]|"")*"|[a-z_][a-z0-9_$]*/gi) ?? [];
  return names.some((name) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') === column : name.toLowerCase() === column,
  );
}
