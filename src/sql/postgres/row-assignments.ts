import type { ResTarget, UpdateStmt } from 'libpg-query';
import type { RowAssignments } from '../../model/dml.ts';
import { expressionOf } from './expression-of.ts';
import type { StatementSource } from './statement-source.ts';
import { asNode, nodesOf } from './tree-node.ts';
import { walkTree } from './tree-walk.ts';

/** What an UPDATE sets; null when it reads more than the row itself, or sets several columns by one value. */
export function rowAssignments(statement: UpdateStmt, source: StatementSource): RowAssignments | null {
  const { relation, fromClause, withClause, returningClause, targetList, whereClause } = statement;
  if (relation === undefined || fromClause !== undefined || withClause !== undefined || returningClause !== undefined)
    return null;
  if (relation.inh !== true || hasSubQuery(statement)) return null;
  const columns = nodesOf(targetList, 'ResTarget').map((target) => assignmentOf(target, source));
  if (columns.length === 0 || columns.some((one) => one === null)) return null;
  return {
    alias: relation.alias?.aliasname ?? null,
    columns: columns.filter((one) => one !== null),
    condition: whereClause === undefined ? null : expressionOf(whereClause, source),
  };
}

function assignmentOf(target: ResTarget, source: StatementSource): RowAssignments['columns'][number] | null {
  const { name, val, indirection } = target;
  if (name === undefined || val === undefined || indirection !== undefined) return null;
  if (asNode(val, 'SetToDefault') !== null || asNode(val, 'MultiAssignRef') !== null) return null;
  return { name, value: expressionOf(val, source) };
}

function hasSubQuery(statement: UpdateStmt): boolean {
  let found = false;
  walkTree([{ UpdateStmt: statement }], (kind) => {
    if (kind === 'SubLink' || kind === 'CurrentOfExpr') found = true;
    return !found;
  });
  return found;
}
