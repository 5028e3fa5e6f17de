import type { Expression } from '../../model/expression.ts';
import { renameIdentifier } from '../../sql/postgres/rename-identifier.ts';

/**
 * The expression after one of its columns was renamed. The server keeps expressions by column number and prints the
 * new name from then on; here the words of the text are exchanged.
 */
export function renameColumnInExpression(expression: Expression, from: string, to: string): Expression {
  if (!expression.columns.includes(from)) return expression;
  const renamed = (name: string): string => (name === from ? to : name);
  return {
    ...expression,
    sql: renameIdentifier(expression.sql, from, to),
    columns: expression.columns.map(renamed),
    provesNotNull: expression.provesNotNull.map(renamed),
  };
}
