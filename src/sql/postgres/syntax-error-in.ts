import { hasSqlDetails } from 'libpg-query';
import { InvariantError, SqlSyntaxError } from '../../model/error.ts';
import { expectationAt } from './expectation-at.ts';
import { textPositions } from './text-positions.ts';

/**
 * Our error for what the parser threw: where it stands, what was found and, where it can be told, what was expected.
 *
 * @param text what was parsed.
 * @param path where the text comes from.
 * @param hiddenPrefixLength how much we put before the user's text; it is taken off the column.
 */
export function syntaxErrorIn(
  text: string,
  path: string,
  cause: unknown,
  hiddenPrefixLength = 0,
): SqlSyntaxError | InvariantError {
  if (!hasSqlDetails(cause) && !(cause instanceof RangeError)) {
    return new InvariantError('The SQL parser does not run; loadParser has to finish before anything is parsed.', {
      cause,
    });
  }
  const positions = textPositions(text);
  const cursor = hasSqlDetails(cause) ? (cause.sqlDetails?.cursorPosition ?? 0) : 0;
  const offset = Math.min(positions.offsetOfCodePoint(cursor), text.length);
  const { line, column } = positions.lineAndColumn(offset);
  const at = { path, line, column: line === 1 ? Math.max(1, column - hiddenPrefixLength) : column };
  return new SqlSyntaxError(`${path}:${at.line}:${at.column}: ${sentence(text, offset, cause)}.`, at, cause);
}

function sentence(text: string, offset: number, cause: unknown): string {
  if (text[offset] === '\\') {
    const command = /^\\\S*/.exec(text.slice(offset))?.[0] ?? '\\';
    return `"${command}" is a command of psql, not SQL; take the line out`;
  }
  if (/\bCOPY\b[^;]*\bFROM\s+STDIN\b[^;]*;[^;]*$/i.test(text.slice(0, offset))) {
    return 'rows for COPY ... FROM stdin stand here, which only psql can send; write them as INSERT or COPY them apart';
  }
  const found = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof RangeError || found.startsWith('memory exhausted')) {
    return 'the statement is nested too deeply to be read; split it up';
  }
  // Errors of the scanner name the quote or comment that is never closed; only the grammar's leave room for a guess.
  const expected = found.startsWith('syntax error') ? expectationAt(text, offset) : null;
  return expected === null ? found : `${found}; ${expected}`;
}
