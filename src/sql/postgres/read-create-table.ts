import type { CreateStmt, TableLikeClause } from 'libpg-query';
import type { Action, CreateTable } from '../../model/action.ts';
import { columnOf } from './column-of.ts';
import { tableConstraintOf } from './constraint-of.ts';
import { partitionBoundSql, partitionByOf } from './partition-bound.ts';
import { relationReference } from './relation-reference.ts';
import type { StatementSource } from './statement-source.ts';
import { nodesOf } from './tree-node.ts';

/**
 * CREATE TABLE. A typed table (`OF type`) takes its columns from a type that we do not follow, so it stays opaque.
 */
export function readCreateTable(statement: CreateStmt, source: StatementSource): Action {
  if (statement.ofTypename !== undefined) return { kind: 'opaque', statementName: 'CREATE TABLE OF' };
  const parents = nodesOf(statement.inhRelations, 'RangeVar').map(relationReference);
  const [parent] = parents;
  const bound = statement.partbound;
  return {
    kind: 'create-table',
    name: relationReference(statement.relation),
    ifNotExists: statement.if_not_exists ?? false,
    persistence: persistenceOf(statement.relation?.relpersistence, statement.relation?.schemaname),
    columns: nodesOf(statement.tableElts, 'ColumnDef').map((column) => columnOf(column, source)),
    constraints: nodesOf(statement.tableElts, 'Constraint').flatMap((one) => tableConstraintOf(one, source) ?? []),
    partitionBy: partitionByOf(statement.partspec, source),
    partitionOf:
      bound === undefined || parent === undefined ? null : { parent, bound: partitionBoundSql(bound, source) },
    inherits: bound === undefined ? parents : [],
    like: nodesOf(statement.tableElts, 'TableLikeClause').map(likeOf),
  };
}

/** The letter of pg_class.relpersistence; a table of the schema pg_temp is temporary without the word. */
export function persistenceOf(letter: string | undefined, schema: string | undefined): CreateTable['persistence'] {
  if (letter === 't' || schema === 'pg_temp') return 'temporary';
  return letter === 'u' ? 'unlogged' : 'permanent';
}

/** The bits of TableLikeOption in parsenodes.h, lowest first. */
const LIKE_OPTIONS = [
  'comments',
  'compression',
  'constraints',
  'defaults',
  'generated',
  'identity',
  'indexes',
  'statistics',
  'storage',
];

function likeOf(clause: TableLikeClause): CreateTable['like'][number] {
  const bits = clause.options ?? 0;
  return {
    relation: relationReference(clause.relation),
    options: LIKE_OPTIONS.filter((_option, bit) => (bits & (1 << bit)) !== 0),
  };
}
