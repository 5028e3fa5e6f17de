import { type Node, parseSync } from 'libpg-query';
import { SqlSyntaxError } from '../../model/error.ts';
import type { Expression } from '../../model/expression.ts';
import { expressionOf } from './expression-of.ts';
import { statementSource } from './statement-source.ts';
import { syntaxErrorIn } from './syntax-error-in.ts';
import { textPositions } from './text-positions.ts';
import { asNode } from './tree-node.ts';

const PREFIX = 'SELECT ';

/**
 * Reads an expression on its own, such as `pg_get_expr` answers.
 *
 * @throws SqlSyntaxError when the text is not exactly one expression; its path is the text itself.
 * @example parseExpression("nextval('s'::regclass)").functions // ['nextval']
 */
export function parseExpression(sql: string): Expression {
  const statement = `${PREFIX}${sql}`;
  const positions = textPositions(statement);
  const source = statementSource(statement, (location) => positions.offsetOfByte(location));
  return expressionOf(onlyTarget(statement, sql), source);
}

function onlyTarget(statement: string, sql: string): Node {
  let statements: readonly { stmt?: Node }[];
  try {
    statements = parseSync(statement).stmts ?? [];
  } catch (error) {
    throw syntaxErrorIn(statement, sql, error, PREFIX.length);
  }
  const targets = asNode(statements[0]?.stmt, 'SelectStmt')?.targetList ?? [];
  const target = asNode(targets[0], 'ResTarget');
  if (statements.length !== 1 || targets.length !== 1 || target?.val === undefined || target.name !== undefined) {
    throw new SqlSyntaxError(`This is not exactly one expression: ${sql}`, { path: sql, line: 1, column: 1 });
  }
  return target.val;
}
