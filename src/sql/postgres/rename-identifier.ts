import { quoteIdentifier } from './quote.ts';
import { scanTokens } from './token.ts';

/**
 * SQL text in which one identifier was exchanged wherever it is no function's name: the text of an expression or of an
 * index definition after a column was renamed.
 *
 * @example renameIdentifier('USING btree (total DESC)', 'total', 'total_new') // 'USING btree (total_new DESC)'
 */
export function renameIdentifier(sql: string, from: string, to: string): string {
  const tokens = scanTokens(sql);
  let renamed = '';
  let copied = 0;
  for (const [position, token] of tokens.entries()) {
    const isCall = tokens[position + 1]?.text === '(';
    if (isCall || identifierOf(token.text) !== from) continue;
    renamed += sql.slice(copied, token.start) + quoteIdentifier(to);
    copied = token.end;
  }
  return renamed + sql.slice(copied);
}

/** The name that a token means: quoted as it stands, unquoted in lower case. */
function identifierOf(text: string): string {
  if (text.startsWith('"')) return text.slice(1, -1).replaceAll('""', '"');
  return text.toLowerCase();
}
