import type { Expression } from '../../model/expression.ts';
import { parseExpression } from '../../sql/postgres/parse-expression.ts';

export type ReadExpression = (sql: string) => Expression;

/** Reads the expressions that the server prints; partitions repeat their parent's, so each text is parsed once. */
export function expressionReader(): ReadExpression {
  const known = new Map<string, Expression>();
  return (sql) => {
    const found = known.get(sql) ?? parseExpression(sql);
    known.set(sql, found);
    return found;
  };
}
