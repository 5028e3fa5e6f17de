import { type CodeProblem, codeProblem, isProblem } from './code-tree.ts';
import type { WrittenText } from './written-text.ts';

type TokenKind = 'space' | 'line-comment' | 'block-comment' | 'quoted' | 'other';

interface Token {
  readonly kind: TokenKind;
  readonly end: number;
}

/**
 * The SQL of a text that stands in code, as long as the code is: every word stays where it is written, and what escapes,
 * quotes and `+` take up becomes spaces where SQL may have some. A semicolon takes the place of the last quote.
 *
 * @returns what stands between the first sign of the text and its last quote, that one included.
 */
export function sqlInPlace(code: string, text: WrittenText): string | CodeProblem {
  const pieces: string[] = [];
  let gap: Gap | null = null;
  for (let at = 0; at < text.value.length; ) {
    const token = { ...tokenAt(text.value, at), start: at };
    const piece = pieceOf(code, text, token);
    if (isProblem(piece)) return piece;
    if (gap !== null && token.kind === 'quoted' && text.value.charAt(at) === "'" && !isSameGap(gap)) {
      return codeProblem(text.offsets[at] ?? 0, TWO_TEXTS);
    }
    gap = gapAfter(gap, text.value.slice(at, token.end), token.kind, piece);
    pieces.push(piece);
    at = token.end;
  }
  return `${pieces.join('')};`;
}

/** What stands between two quoted texts: they are one where a line break does, and an error where none does. */
interface Gap {
  readonly written: string;
  readonly placed: string;
}

function isSameGap({ written, placed }: Gap): boolean {
  return [LINE_END, COMMENT_SIGN].every((sign) => sign.test(written) === sign.test(placed));
}

function gapAfter(gap: Gap | null, token: string, kind: TokenKind, piece: string): Gap | null {
  if (kind === 'quoted') return token.endsWith("'") ? { written: '', placed: piece.slice(token.length) } : null;
  if (kind === 'other' || gap === null) return null;
  return { written: gap.written + token, placed: gap.placed + piece };
}

interface TokenPlace extends Token {
  readonly start: number;
}

function pieceOf(code: string, text: WrittenText, { kind, start, end }: TokenPlace): string | CodeProblem {
  const rawOf = (unit: number): string => code.slice(text.offsets[unit], text.offsets[unit + 1] ?? text.end);
  const raws = Array.from({ length: end - start }, (_, index) => rawOf(start + index));
  const raw = raws.join('');
  if (kind === 'space') return blank(raw);
  const isAsWritten = raw.length === end - start;
  if (kind === 'block-comment') return isAsWritten ? raw : blank(raw);
  if (kind === 'line-comment') {
    // One that ends elsewhere than its line of code would go on into the SQL behind it.
    const endsWithLine = end < text.value.length && /^[\r\n]/.test(rawOf(end));
    return isAsWritten && endsWithLine ? raw : blank(raw);
  }
  return quotedPiece(text, raws, start);
}

/** Spaces and line breaks have no place inside of a word or a quoted text: they come behind it. */
function quotedPiece({ value, offsets }: WrittenText, raws: readonly string[], start: number): string | CodeProblem {
  let sql = '';
  let behind = '';
  for (const [index, raw] of raws.entries()) {
    const sign = value.charAt(start + index);
    if ((sign === '\n' || sign === '\r') && raw.startsWith('\\')) {
      return codeProblem(offsets[start + index] ?? 0, LINE_BREAK);
    }
    sql += sign;
    behind += raw.startsWith('\r\n') ? ` ${blank(raw.slice(2))}` : blank(raw.slice(1));
  }
  return sql + behind;
}

const LINE_END = /[\r\n]/;
const COMMENT_SIGN = /--|\/\*/;
const TWO_TEXTS =
  'Two quoted texts of the SQL follow each other, and a line break that is written in code would join or part them.';
const LINE_BREAK =
  'A quoted text of the SQL holds a line break that is written as an escape; in a template it can stand as it is.';

/** Spaces in place of everything but line breaks, unit for unit. */
export function blank(text: string): string {
  return text.replaceAll(/[^\r\n]/g, ' ');
}

const SPACE = /[ \t\n\r\f\v]+/y;
const LINE_COMMENT = /--[^\n\r]*/y;
const ESCAPE_STRING = /[eE]'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*(?:'|$)/y;
const STRING = /(?:[uU]&|[bBxXnN])?'[^']*(?:''[^']*)*(?:'|$)/y;
const IDENTIFIER = /(?:[uU]&)?"[^"]*(?:""[^"]*)*(?:"|$)/y;
const DOLLAR = /\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\$?\d[\w.]*/y;
const OPERATOR = /(?:(?!--|\/\*)[-+*/<>=~!@#%^&|`?:])+/y;

/** As PostgreSQL cuts a text; one that nobody closes goes on to the end. */
function tokenAt(sql: string, at: number): Token {
  const endOf = (pattern: RegExp): number | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(sql);
    return found === null ? null : at + found[0].length;
  };
  const space = endOf(SPACE);
  if (space !== null) return { kind: 'space', end: space };
  const comment = endOf(LINE_COMMENT);
  if (comment !== null) return { kind: 'line-comment', end: comment };
  if (sql.startsWith('/*', at)) return { kind: 'block-comment', end: endOfBlockComment(sql, at) };
  const quoted = endOf(ESCAPE_STRING) ?? endOf(STRING) ?? endOf(IDENTIFIER);
  if (quoted !== null) return { kind: 'quoted', end: quoted };
  const tagEnd = endOf(DOLLAR);
  if (tagEnd !== null) {
    const close = sql.indexOf(sql.slice(at, tagEnd), tagEnd);
    return { kind: 'quoted', end: close < 0 ? sql.length : close + tagEnd - at };
  }
  return { kind: 'other', end: endOf(WORD) ?? endOf(OPERATOR) ?? at + 1 };
}

/** They may stand inside of each other. */
function endOfBlockComment(sql: string, start: number): number {
  const signs = /\/\*|\*\//g;
  signs.lastIndex = start;
  let depth = 0;
  for (let found = signs.exec(sql); found !== null; found = signs.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return found.index + 2;
  }
  return sql.length;
}
