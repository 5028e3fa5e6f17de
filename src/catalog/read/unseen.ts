import type { Expression } from '../../model/expression.ts';
import type { ColumnRow } from './read-columns.ts';
import type { ConstraintRow } from './read-constraints.ts';
import type { IndexRow } from './read-indexes.ts';
import type { RelationRow } from './read-relations.ts';

/** Stands for an expression that could not be read: it proves nothing, and names at least those columns. */
export function unseenExpression(columns: readonly string[]): Expression {
  return { sql: '', isConstant: false, functions: [], columns, provesNotNull: [] };
}

interface RowsOfRelation {
  readonly relation: RelationRow;
  readonly columns: readonly ColumnRow[];
  readonly constraints: readonly ConstraintRow[];
  readonly indexes: readonly IndexRow[];
  readonly viewSql: string | null;
}

/** What the server was not asked to print of a relation, as somebody kept it locked; in words, sorted by kind. */
export function unseenParts(rows: RowsOfRelation): readonly string[] {
  const { relation, columns, constraints, indexes, viewSql } = rows;
  const isView = relation.kind === 'v' || relation.kind === 'm';
  return [
    ...(isView && viewSql === null ? ['its query'] : []),
    ...(relation.kind === 'p' && relation.partitionKey === null ? ['its partition key'] : []),
    ...columns
      .filter((column) => column.generated !== '' && column.default === null)
      .map((column) => `the expression of column ${column.name}`),
    ...constraints
      .filter((constraint) => constraint.kind === 'c' && constraint.expression === null)
      .map((constraint) => `the condition of constraint ${constraint.name}`),
    ...indexes.filter((index) => index.definition === null).map((index) => `the definition of index ${index.name}`),
  ];
}
