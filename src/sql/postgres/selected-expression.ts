import { type Node, parseSync } from 'libpg-query';
import { SqlSyntaxError } from '../../model/error.ts';
import { syntaxErrorIn } from './syntax-error-in.ts';
import { asNode } from './tree-node.ts';

/**
 * The tree of the one expression that follows SELECT, and nothing else: no alias, no FROM, no second statement.
 *
 * @param prefix what is put before the user's text, `SELECT ` at least.
 * @param sql the user's text; also what errors name as their path.
 * @param what for the error's message: `an expression`.
 */
export function selectedExpression(prefix: string, sql: string, what: string): Node {
  const statement = `${prefix}${sql}`;
  let statements: readonly { stmt?: Node }[];
  try {
    statements = parseSync(statement).stmts ?? [];
  } catch (error) {
    throw syntaxErrorIn(statement, sql, error, prefix.length);
  }
  const { targetList = [], limitOption, op, ...clauses } = asNode(statements[0]?.stmt, 'SelectStmt') ?? {};
  const target = asNode(targetList[0], 'ResTarget');
  const isAlone =
    statements.length === 1 &&
    targetList.length === 1 &&
    limitOption === 'LIMIT_OPTION_DEFAULT' &&
    op === 'SETOP_NONE' &&
    Object.keys(clauses).length === 0;
  if (!isAlone || target?.val === undefined || target.name !== undefined) {
    throw new SqlSyntaxError(`This is not ${what} and nothing else: ${sql}`, { path: sql, line: 1, column: 1 });
  }
  return target.val;
}
