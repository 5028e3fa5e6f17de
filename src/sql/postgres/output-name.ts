import type { Node } from 'libpg-query';
import { asNode, stringOf, strings } from './tree-node.ts';

/**
 * How the server calls a column of a query that has no alias (FigureColname in its source): by the column or function,
 * a cast by what is cast or else by its type, a sub-select by its first column.
 */
export function outputName(node: Node | undefined): string {
  return nameOf(node) ?? '?column?';
}

function nameOf(node: Node | undefined): string | null {
  if (node === undefined) return null;
  const reference = asNode(node, 'ColumnRef');
  if (reference !== null) return stringOf(reference.fields?.at(-1));
  const indirection = asNode(node, 'A_Indirection');
  if (indirection !== null) return lastString(indirection.indirection) ?? nameOf(indirection.arg);
  const call = asNode(node, 'FuncCall');
  if (call !== null) return strings(call.funcname).at(-1) ?? null;
  const cast = asNode(node, 'TypeCast');
  if (cast !== null) return nameOf(cast.arg) ?? strings(cast.typeName?.names).at(-1) ?? null;
  const collated = asNode(node, 'CollateClause');
  if (collated !== null) return nameOf(collated.arg);
  return nameOfSubLink(node) ?? nameOfKeyword(node);
}

function lastString(nodes: readonly Node[] | undefined): string | null {
  return strings(nodes).at(-1) ?? null;
}

function nameOfSubLink(node: Node): string | null {
  const link = asNode(node, 'SubLink');
  if (link === null) return null;
  switch (link.subLinkType) {
    case 'EXISTS_SUBLINK':
      return 'exists';
    case 'ARRAY_SUBLINK':
      return 'array';
    case 'EXPR_SUBLINK': {
      const [first] = asNode(link.subselect, 'SelectStmt')?.targetList ?? [];
      const target = asNode(first, 'ResTarget');
      return target?.name ?? nameOf(target?.val);
    }
    default:
      return null;
  }
}

function nameOfKeyword(node: Node): string | null {
  const choice = asNode(node, 'CaseExpr');
  if (choice !== null) return nameOf(choice.defresult) ?? 'case';
  if (asNode(node, 'CoalesceExpr') !== null) return 'coalesce';
  if (asNode(node, 'A_ArrayExpr') !== null) return 'array';
  if (asNode(node, 'RowExpr') !== null) return 'row';
  if (asNode(node, 'GroupingFunc') !== null) return 'grouping';
  if (asNode(node, 'A_Expr')?.kind === 'AEXPR_NULLIF') return 'nullif';
  const extreme = asNode(node, 'MinMaxExpr');
  if (extreme !== null) return extreme.op === 'IS_LEAST' ? 'least' : 'greatest';
  const keyword = asNode(node, 'SQLValueFunction')?.op;
  return keyword === undefined ? null : keyword.replace('SVFOP_', '').replace(/_N$/, '').toLowerCase();
}
