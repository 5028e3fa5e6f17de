import type { CopyStmt, Node, SelectStmt } from 'libpg-query';
import type { Action, Dml } from '../../model/action.ts';
import { queryColumns } from './query-columns.ts';
import { queryReach, readsInFull } from './query-reach.ts';
import { relationReference } from './relation-reference.ts';
import { relationsIn } from './relations-in.ts';
import { rowFilter } from './row-filter.ts';
import { endOfRelation, findWord, type StatementSource, sliceSql } from './statement-source.ts';
import { asNode, strings } from './tree-node.ts';
import { walkTree } from './tree-walk.ts';

/** SELECT, VALUES and TABLE; with INTO it is a CREATE TABLE AS in other words. */
export function readSelect(statement: SelectStmt, source: StatementSource): Action {
  const into = intoTarget(statement);
  if (into === undefined) return readDml('select', { SelectStmt: statement });
  const start = findWord(source, 'INTO');
  const end = endOfRelation(source, source.tokenAt(into.location));
  return {
    kind: 'create-table-as',
    object: 'table',
    name: relationReference(into),
    ifNotExists: false,
    withData: true,
    reads: relationsIn({ SelectStmt: statement }).reads,
    readsInFull: readsInFull({ SelectStmt: statement }),
    query: queryColumns({ SelectStmt: statement }),
    sql: `${sliceSql(source, 0, start)} ${sliceSql(source, end)}`.trim(),
  };
}

/** In a UNION the INTO hangs at the leftmost SELECT. */
function intoTarget(statement: SelectStmt): NonNullable<SelectStmt['intoClause']>['rel'] {
  return statement.intoClause?.rel ?? (statement.larg === undefined ? undefined : intoTarget(statement.larg));
}

/** INSERT, UPDATE, DELETE, MERGE and SELECT, by what they read and write. */
export function readDml(verb: Dml['verb'], statement: Node): Dml {
  return {
    kind: 'dml',
    verb,
    ...relationsIn(statement),
    locksRows: locksRows(statement),
    filtered: isFiltered(statement),
    ...queryReach(statement),
    query: queryColumns(statement),
    filter: rowFilter(statement),
  };
}

/** COPY of a table in either direction, or of a query's result. */
export function readCopy(statement: CopyStmt): Dml {
  if (statement.query !== undefined) return readDml('copy', statement.query);
  const table = relationReference(statement.relation);
  const writes = statement.is_from === true;
  const attributes = strings(statement.attlist);
  return {
    kind: 'dml',
    verb: 'copy',
    reads: writes ? [] : [table],
    writes: writes ? [table] : [],
    locksRows: false,
    filtered: true,
    readsInFull: !writes,
    sets: attributes.length === 0 ? null : attributes,
  };
}

function locksRows(tree: Node): boolean {
  let locks = false;
  walkTree([tree], (name) => {
    if (name === 'LockingClause') locks = true;
    return !locks;
  });
  return locks;
}

/** Whether every UPDATE and DELETE in the statement has a condition other than a constant. */
function isFiltered(tree: Node): boolean {
  let filtered = true;
  walkTree([tree], (name, value) => {
    if (name !== 'UpdateStmt' && name !== 'DeleteStmt') return true;
    const where = (value as { readonly whereClause?: Node }).whereClause;
    if (where === undefined || asNode(where, 'A_Const') !== null) filtered = false;
    return true;
  });
  return filtered;
}
