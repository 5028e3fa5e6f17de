import { scanTokens } from './token.ts';

/**
 * The values of a statement's string literals, in order; those in dollar quotes or with escapes are left out.
 *
 * @example stringLiterals("INSERT INTO t VALUES ('it''s')") // ["it's"]
 */
export function stringLiterals(sql: string): readonly string[] {
  return scanTokens(sql).flatMap(({ text }) =>
    text.length > 1 && text.startsWith("'") ? [text.slice(1, -1).replaceAll("''", "'")] : [],
  );
}
