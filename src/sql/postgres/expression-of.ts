import type { Node } from 'libpg-query';
import type { Expression } from '../../model/expression.ts';
import { expressionSql } from './expression-sql.ts';
import type { StatementSource } from './statement-source.ts';
import { asNode, nodesOf, stringOf, strings } from './tree-node.ts';
import { walkTree } from './tree-walk.ts';

/** Reduces an expression's tree to what facts and recipes need to know of it. */
export function expressionOf(node: Node, source: StatementSource): Expression {
  const { functions, columns } = namesIn(node);
  return {
    sql: expressionSql(node, source),
    isConstant: isConstant(node),
    functions,
    columns,
    provesNotNull: provenNotNull(node),
  };
}

/** The functions and columns that a tree names, each once, in the order of their first use. */
export function namesIn(tree: Node): { readonly functions: readonly string[]; readonly columns: readonly string[] } {
  const functions = new Set<string>();
  const columns = new Set<string>();
  walkTree([tree], (_name, value) => {
    if ('funcname' in value) functions.add(functionName(strings(value.funcname as Node[])));
    if ('fields' in value) {
      const column = stringOf((value.fields as Node[]).at(-1));
      if (column !== null) columns.add(column);
    }
    const keyword = 'op' in value && typeof value.op === 'string' ? value.op : '';
    if (keyword.startsWith('SVFOP_')) functions.add(keyword.slice('SVFOP_'.length).replace(/_N$/, '').toLowerCase());
    return true;
  });
  return { functions: [...functions], columns: [...columns] };
}

/** A function's name as `Expression.functions` lists it: the schema only where it is written and not pg_catalog. */
export function functionName(parts: readonly string[]): string {
  const shown = parts[0] === 'pg_catalog' ? parts.slice(1) : parts;
  return shown.join('.');
}

function isConstant(node: Node | undefined): boolean {
  if (node === undefined) return false;
  if (asNode(node, 'A_Const') !== null) return true;
  const cast = asNode(node, 'TypeCast');
  if (cast !== null) return isConstant(cast.arg);
  const collated = asNode(node, 'CollateClause');
  if (collated !== null) return isConstant(collated.arg);
  const array = asNode(node, 'A_ArrayExpr');
  if (array !== null) return (array.elements ?? []).every(isConstant);
  const row = asNode(node, 'RowExpr');
  if (row !== null) return (row.args ?? []).every(isConstant);
  const operation = asNode(node, 'A_Expr');
  if (operation === null || operation.lexpr !== undefined) return false;
  return ['-', '+'].includes(strings(operation.name).at(-1) ?? '') && isConstant(operation.rexpr);
}

function provenNotNull(node: Node): readonly string[] {
  const all = asNode(node, 'BoolExpr');
  if (all?.boolop === 'AND_EXPR') return [...new Set((all.args ?? []).flatMap(provenNotNull))];
  const test = asNode(node, 'NullTest');
  if (test?.nulltesttype !== 'IS_NOT_NULL') return [];
  const column = stringOf(nodesOf(test.arg === undefined ? [] : [test.arg], 'ColumnRef')[0]?.fields?.at(-1));
  return column === null ? [] : [column];
}
