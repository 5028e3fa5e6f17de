import type { A_Expr, Node } from 'libpg-query';
import type { ColumnEquality, RowFilter } from '../../model/dml.ts';
import { functionName, namesIn } from './expression-of.ts';
import { asNode, stringOf, strings } from './tree-node.ts';
import { walkTree } from './tree-walk.ts';

/** These answer from the end of an index where there is one. */
const ENDS = new Set(['min', 'max']);

/** What narrows a statement over one relation; null for one with a join, a sub-select, a LIMIT or a WITH. */
export function rowFilter(statement: Node): RowFilter | null {
  const part = asNode(statement, 'SelectStmt') ?? asNode(statement, 'UpdateStmt') ?? asNode(statement, 'DeleteStmt');
  if (part === null || 'withClause' in part || !isOverOne(statement) || isElsewhere(statement)) return null;
  const { whereClause } = part;
  if (whereClause === undefined) return { columns: [], equals: [], nullTests: [] };
  return { columns: namesIn(whereClause).columns, equals: equalsIn(whereClause), nullTests: nullTestsIn(whereClause) };
}

function isOverOne(statement: Node): boolean {
  const select = asNode(statement, 'SelectStmt');
  if (select !== null) {
    if (select.op !== 'SETOP_NONE' || select.limitCount !== undefined || select.limitOffset !== undefined) return false;
    return select.fromClause?.length === 1 && asNode(select.fromClause[0], 'RangeVar') !== null;
  }
  const isJoined = asNode(statement, 'UpdateStmt')?.fromClause ?? asNode(statement, 'DeleteStmt')?.usingClause;
  return isJoined === undefined;
}

/** A sub-select reads on its own, and min() and max() may not read much. */
function isElsewhere(statement: Node): boolean {
  let found = false;
  walkTree([statement], (kind, value) => {
    if (kind === 'SubLink') found = true;
    if ('funcname' in value && ENDS.has(functionName(strings(value.funcname as Node[])))) found = true;
    return !found;
  });
  return found;
}

function nullTestsIn(condition: Node): readonly string[] {
  const columns: string[] = [];
  walkTree([condition], (kind, value) => {
    if (kind === 'NullTest') columns.push(...namesIn(value as Node).columns);
    return true;
  });
  return columns;
}

function equalsIn(condition: Node): readonly ColumnEquality[] {
  const all = asNode(condition, 'BoolExpr');
  if (all?.boolop === 'AND_EXPR') return (all.args ?? []).flatMap(equalsIn);
  const comparison = asNode(condition, 'A_Expr');
  return comparison === null ? [] : equalityOf(comparison);
}

function equalityOf(comparison: A_Expr): readonly ColumnEquality[] {
  if (comparison.kind !== 'AEXPR_OP' || strings(comparison.name).join('.') !== '=') return [];
  const column = columnOf(comparison.lexpr) ?? columnOf(comparison.rexpr);
  const value = literalIn(comparison.rexpr) ?? literalIn(comparison.lexpr);
  return column === null || value === null ? [] : [{ column, value: value.text }];
}

function columnOf(node: Node | undefined): string | null {
  const fields = asNode(node, 'ColumnRef')?.fields;
  return fields === undefined ? null : stringOf(fields.at(-1));
}

function literalIn(node: Node | undefined): { readonly text: string | null } | null {
  if (asNode(node, 'ParamRef') !== null) return { text: null };
  const constant = asNode(node, 'A_Const');
  if (constant?.ival !== undefined) return { text: String(constant.ival.ival ?? 0) };
  return constant?.sval?.sval === undefined ? null : { text: constant.sval.sval };
}
