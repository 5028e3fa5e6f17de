import type { Expression } from '../../model/expression.ts';
import { expressionOf } from './expression-of.ts';
import { selectedExpression } from './selected-expression.ts';
import { statementSource } from './statement-source.ts';
import { textPositions } from './text-positions.ts';

const PREFIX = 'SELECT ';

/**
 * Reads an expression on its own, such as `pg_get_expr` answers.
 *
 * @throws SqlSyntaxError when the text is not exactly one expression; its path is the text itself.
 * @example parseExpression("nextval('s'::regclass)").functions // ['nextval']
 */
export function parseExpression(sql: string): Expression {
  const expression = selectedExpression(PREFIX, sql, 'an expression');
  const positions = textPositions(`${PREFIX}${sql}`);
  const source = statementSource(`${PREFIX}${sql}`, (location) => positions.offsetOfByte(location));
  return expressionOf(expression, source);
}
