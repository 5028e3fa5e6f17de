import { scanSync } from 'libpg-query';
import { plainRanges, type TextRange } from './plain-tokens.ts';
import { textPositions } from './text-positions.ts';

/** One word, sign, literal or quoted name of SQL, as PostgreSQL's own scanner cuts it; comments are left out. */
export interface Token {
  readonly text: string;
  /** UTF-16 offsets in the scanned text. */
  readonly start: number;
  readonly end: number;
  /** How many brackets are open around it; an opening and its closing bracket stand at the outer depth. */
  readonly depth: number;
}

/** All tokens of a text; throws what the scanner throws for a literal or comment that is never closed. */
export function scanTokens(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  for (const { text, start, end } of scanRanges(sql)) {
    if (isComment(text)) continue;
    if (text === ')' || text === ']') depth -= 1;
    tokens.push({ text, start, end, depth });
    if (text === '(' || text === '[') depth += 1;
  }
  return tokens;
}

/** A comment with its own signs; UTF-16 offsets in the scanned text. */
export interface SqlComment {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The comments of a text, in order: what looks like one inside a string is none. Throws as `scanTokens` does. */
export function scanComments(sql: string): readonly SqlComment[] {
  return scanRanges(sql).filter(({ text }) => isComment(text));
}

/** The text with spaces in place of its comments, unit for unit; its lines stay. Throws as `scanTokens` does. */
export function blankComments(sql: string): string {
  const parts: string[] = [];
  let done = 0;
  for (const { text, start, end } of scanRanges(sql)) {
    if (!isComment(text)) continue;
    parts.push(sql.slice(done, start), text.replaceAll(/[^\r\n]/g, ' '));
    done = end;
  }
  return parts.join('') + sql.slice(done);
}

function scanRanges(sql: string): readonly TextRange[] {
  return plainRanges(sql) ?? scannedRanges(sql);
}

/** As PostgreSQL's own scanner cuts it, which takes some thirty times as long. */
function scannedRanges(sql: string): readonly TextRange[] {
  const positions = textPositions(sql);
  return scanSync(sql).tokens.map((token) => {
    const start = positions.offsetOfByte(token.start);
    const end = positions.offsetOfByte(token.end);
    return { text: sql.slice(start, end), start, end };
  });
}

function isComment(text: string): boolean {
  return text.startsWith('--') || text.startsWith('/*');
}

/** The tokens as SQL on one line: comments gone, one space where the text had any gap. */
export function joinTokens(tokens: readonly Token[]): string {
  return tokens
    .map((token, index) => {
      const previous = tokens[index - 1];
      return previous === undefined || previous.end === token.start ? token.text : ` ${token.text}`;
    })
    .join('');
}

/** Whether a token is that keyword or sign; `word` in upper case. */
export function isWord(token: Token | undefined, word: string): boolean {
  return token !== undefined && token.text.toUpperCase() === word;
}
