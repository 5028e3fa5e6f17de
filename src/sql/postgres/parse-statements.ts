import { type Node, parseSync } from 'libpg-query';
import { SqlSyntaxError } from '../../model/error.ts';
import type { Statement } from '../../model/statement.ts';
import { cutNames } from './cut-names.ts';
import { readAction } from './read-action.ts';
import { statementSource } from './statement-source.ts';
import { syntaxErrorIn } from './syntax-error-in.ts';
import { type TextPositions, textPositions } from './text-positions.ts';
import { blankComments, scanTokens } from './token.ts';

/**
 * Splits a file into its statements and tells what each does.
 *
 * @param sql the whole text of a file: statements with or without a closing semicolon, comments anywhere.
 * @param path where the text comes from, for error messages.
 * @returns the statements in order; none for an empty text or one of comments alone.
 * @throws SqlSyntaxError when PostgreSQL's parser (version 18) refuses the text; `loadParser` must have finished.
 * @example parseStatements('DROP TABLE a; DROP TABLE b', 'x.sql').map((one) => one.sql) // ['DROP TABLE a', 'DROP TABLE b']
 */
export function parseStatements(sql: string, path: string): readonly Statement[] {
  const given = parseableText(sql, path);
  if (given.trim() === '') return [];
  const { text, statements } = parseText(given, path);
  const positions = textPositions(text);
  return statements.flatMap(({ stmt, stmt_location: location = 0, stmt_len: length }) => {
    if (stmt === undefined) return [];
    const start = positions.offsetOfByte(location);
    const end = length === undefined ? text.length : positions.offsetOfByte(location + length);
    return [readStatement(stmt, { sql, text, positions, start, end: start + endOfLastToken(text.slice(start, end)) })];
  });
}

interface ParsedText {
  readonly text: string;
  readonly statements: readonly { stmt?: Node; stmt_location?: number; stmt_len?: number }[];
}

/**
 * libpg-query 18.1.5 refuses a comment between two words that the grammar looks at together (`NOT -- why IN (1)`), so
 * what it refuses is tried again without comments.
 */
function parseText(text: string, path: string): ParsedText {
  try {
    return { text, statements: parseSync(text).stmts ?? [] };
  } catch (error) {
    const blank = withoutComments(text);
    if (blank === null) throw syntaxErrorIn(text, path, error);
    try {
      return { text: blank, statements: parseSync(blank).stmts ?? [] };
    } catch (secondError) {
      throw syntaxErrorIn(blank, path, secondError);
    }
  }
}

/** null where there are none, or where they cannot be told from the rest. */
function withoutComments(text: string): string | null {
  try {
    const blank = blankComments(text);
    return blank === text ? null : blank;
  } catch {
    return null;
  }
}

/**
 * The text as the parser can take it, unit for unit: a byte order mark and lone surrogates have no place in what it
 * reads, and it would stop at a NUL without a word.
 */
function parseableText(sql: string, path: string): string {
  const nul = sql.indexOf('\0');
  if (nul >= 0) {
    const at = { path, ...textPositions(sql).lineAndColumn(nul) };
    throw new SqlSyntaxError('A NUL character stands in the text; PostgreSQL cannot store or read it.', at);
  }
  return sql.replace(/^\uFEFF/, ' ').replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}

/** Comments and spaces after the last word belong to no statement. */
function endOfLastToken(sql: string): number {
  if (!sql.includes('--') && !sql.includes('/*')) return sql.trimEnd().length;
  return scanTokens(sql).at(-1)?.end ?? sql.length;
}

interface Place {
  readonly sql: string;
  readonly text: string;
  readonly positions: TextPositions;
  readonly start: number;
  readonly end: number;
}

function readStatement(node: Node, { sql, text, positions, start, end }: Place): Statement {
  const from = positions.lineAndColumn(start);
  const to = positions.lineAndColumn(end);
  const source = statementSource(text.slice(start, end), (location) => positions.offsetOfByte(location) - start);
  const action = readAction(node, source);
  // Rows may have megabytes of words, and make no names.
  const names = action.kind === 'dml' ? [] : cutNames(text.slice(start, end));
  return {
    sql: sql.slice(start, end),
    span: {
      line: from.line,
      column: from.column,
      endLine: to.line,
      endColumn: to.column,
      startOffset: start,
      endOffset: end,
    },
    action,
    ...(names.length === 0 ? {} : { cutNames: names }),
  };
}
