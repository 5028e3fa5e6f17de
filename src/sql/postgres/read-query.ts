import type { CopyStmt, FuncCall, Node, SelectStmt, UpdateStmt } from 'libpg-query';
import type { Action } from '../../model/action.ts';
import type { Dml } from '../../model/dml.ts';
import type { SetVariable } from '../../model/set-variable.ts';
import { createdName } from './created-name.ts';
import { functionName } from './expression-of.ts';
import { queryColumns } from './query-columns.ts';
import { queryReach, readsInFull } from './query-reach.ts';
import { relationReference } from './relation-reference.ts';
import { relationsIn } from './relations-in.ts';
import { rowAssignments } from './row-assignments.ts';
import { rowFilter } from './row-filter.ts';
import { endOfRelation, findWord, type StatementSource, sliceSql } from './statement-source.ts';
import { asNode, strings } from './tree-node.ts';
import { walkTree } from './tree-walk.ts';

/** SELECT, VALUES and TABLE; with INTO it is a CREATE TABLE AS in other words. */
export function readSelect(statement: SelectStmt, source: StatementSource): Action {
  const into = intoTarget(statement);
  if (into === undefined) {
    const read = readDml('select', { SelectStmt: statement });
    return isOnlySettings(statement) ? { ...read, onlySettings: true } : read;
  }
  const start = findWord(source, 'INTO');
  const end = endOfRelation(source, source.tokenAt(into.location));
  return {
    kind: 'create-table-as',
    object: 'table',
    name: createdName(into),
    ifNotExists: false,
    withData: true,
    reads: relationsIn({ SelectStmt: statement }).reads,
    readsInFull: readsInFull({ SelectStmt: statement }),
    query: queryColumns({ SelectStmt: statement }),
    sql: `${sliceSql(source, 0, start)} ${sliceSql(source, end)}`.trim(),
  };
}

/** `SELECT set_config('a', 'b', false), set_config(...)`, and nothing beside. */
function isOnlySettings(statement: SelectStmt): boolean {
  const { targetList = [], fromClause, whereClause, withClause, larg } = statement;
  if (fromClause !== undefined || whereClause !== undefined || withClause !== undefined || larg !== undefined)
    return false;
  const calls = targetList.map((target) => asNode(asNode(target, 'ResTarget')?.val, 'FuncCall'));
  return calls.length > 0 && calls.every((call) => call != null && settingOfCall(call) !== null);
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
    ...partsOf(statement),
    ...queryReach(statement),
    query: queryColumns(statement),
    filter: rowFilter(statement),
  };
}

/** UPDATE, with its expressions where they are about its own rows only. */
export function readUpdate(statement: UpdateStmt, source: StatementSource): Dml {
  const assignments = rowAssignments(statement, source);
  return { ...readDml('update', { UpdateStmt: statement }), ...(assignments === null ? {} : { assignments }) };
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

/** What stands anywhere in a statement; one walk, as a machine-written one may be big. */
function partsOf(tree: Node): Pick<Dml, 'locksRows' | 'filtered' | 'limited' | 'settings'> {
  let locksRows = false;
  let filtered = true;
  let isLimited = false;
  const settings: SetVariable[] = [];
  walkTree([tree], (name, value) => {
    if (name === 'LockingClause') locksRows = true;
    if ('limitCount' in value) isLimited = true;
    if ((name === 'UpdateStmt' || name === 'DeleteStmt') && !isNarrowed(value)) filtered = false;
    const setting = name === 'FuncCall' ? settingOfCall(value as FuncCall) : null;
    if (setting !== null) settings.push(setting);
    return true;
  });
  const more = settings.length === 0 ? {} : { settings };
  return { locksRows, filtered, ...(isLimited ? { limited: true } : {}), ...more };
}

/** Whether an UPDATE or DELETE has a condition other than a constant. */
function isNarrowed(change: object): boolean {
  const where = (change as { readonly whereClause?: Node }).whereClause;
  return where !== undefined && asNode(where, 'A_Const') === null;
}

/** set_config() with plain values; null for any other call. */
function settingOfCall(call: FuncCall): SetVariable | null {
  if (functionName(strings(call.funcname)) !== 'set_config') return null;
  const [name, value, local] = (call.args ?? []).map((argument) => asNode(argument, 'A_Const'));
  if (name?.sval === undefined || value?.sval === undefined || local?.boolval === undefined) return null;
  return {
    kind: 'set-variable',
    name: (name.sval.sval ?? '').toLowerCase(),
    value: value.sval.sval ?? '',
    local: local.boolval.boolval ?? false,
  };
}
