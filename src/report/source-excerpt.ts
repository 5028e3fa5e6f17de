import type { Span } from '../model/span.ts';
import { displayWidth } from './display-width.ts';
import type { Paint } from './paint.ts';
import { printableText } from './printable-text.ts';
import { LINE_WIDTH } from './wrap-text.ts';

const TAB = '  ';
/** Lines of the marked part that are shown; the rest of a long statement is left to the editor. */
const LINES_SHOWN = 4;
/** Code units of a long line that are shown before the marked part. */
const LEAD = 40;

export interface ExcerptOptions {
  readonly paint: Paint;
  /** Colours the carets. */
  readonly mark: (text: string) => string;
  readonly indent: string;
}

/**
 * The lines of a file that a part of a statement stands on, with their numbers, and carets under it. Tabs become two
 * spaces and control characters a replacement character, so that the carets stand right and a file cannot steer the
 * terminal. Lines are cut to the width of a report.
 *
 * @param text the whole file.
 * @param focus what the carets mark; `statement` is what it is a part of.
 */
export function sourceExcerpt(
  text: string,
  focus: Span,
  statement: Span,
  { paint, mark, indent }: ExcerptOptions,
): readonly string[] {
  const lines = linesFrom(text, focus);
  const last = focus.line + lines.length - 1;
  const gutterWidth = String(last).length;
  const room = LINE_WIDTH - indent.length - gutterWidth - 3;
  const row = (label: string, content: string): string =>
    `${indent}${paint.dim(`${label.padStart(gutterWidth)} |`)}${content === '' ? '' : ` ${content}`}`;
  const rows: string[] = [];
  if (statement.line < focus.line) {
    const [first] = linesFrom(text, statement);
    if (first !== undefined) rows.push(row(String(statement.line), wholeLine(cut(first, room))));
    if (statement.line + 1 < focus.line) rows.push(`${indent}${paint.dim('...')}`);
  }
  for (const [index, line] of lines.entries()) {
    const shown = cut(line, room);
    rows.push(row(String(focus.line + index), wholeLine(shown)));
    if (index > 0) continue;
    const carets = '^'.repeat(Math.max(1, displayWidth(shown.marked.trimEnd())));
    rows.push(row('', `${' '.repeat(displayWidth(shown.before))}${mark(carets)}`));
  }
  if (last < focus.endLine) rows.push(`${indent}${paint.dim('...')}`);
  return rows;
}

/** One line of a file: what stands before the marked part, the part, and what stands after it. */
interface ExcerptLine {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}

function wholeLine({ before, marked, after }: ExcerptLine): string {
  return `${before}${marked}${after}`.trimEnd();
}

/** The first lines of a span. Only the surroundings are looked at: the file may be one line of megabytes. */
function linesFrom(text: string, span: Span): readonly ExcerptLine[] {
  const lines: ExcerptLine[] = [];
  let at = span.startOffset;
  for (let line = span.line; line <= span.endLine && lines.length < LINES_SHOWN; line += 1) {
    const start = lines.length === 0 ? startOfLine(text, at) : at;
    const end = endOfLine(text, at);
    lines.push({
      before: text.slice(start, at),
      marked: text.slice(at, Math.min(end, span.endOffset)),
      after: text.slice(Math.min(end, span.endOffset), end),
    });
    at = end + (text.startsWith('\r\n', end) ? 2 : 1);
  }
  return lines;
}

function startOfLine(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && text[start - 1] !== '\n' && text[start - 1] !== '\r') start -= 1;
  return start;
}

function endOfLine(text: string, offset: number): number {
  let end = offset;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return end;
}

/** The line as a terminal can show it in the given number of columns. */
function cut({ before, marked, after }: ExcerptLine, room: number): ExcerptLine {
  const isLong = before.length + marked.length + after.length > room;
  const lead = isLong && before.length > LEAD ? `...${printable(before.slice(-LEAD))}` : printable(before);
  const left = Math.max(0, room - displayWidth(lead));
  const middle = cutTo(printable(marked.slice(0, room)), left);
  const rest = cutTo(printable(after.slice(0, room)), Math.max(0, left - displayWidth(middle)));
  const isCut = middle.length < printable(marked).length || rest.length < printable(after).length;
  if (!isCut) return { before: lead, marked: middle, after: rest };
  const spare = Math.max(0, left - 3);
  const markedShort = cutTo(middle, spare);
  return { before: lead, marked: markedShort, after: `${cutTo(rest, spare - displayWidth(markedShort))}...` };
}

/** As much of the text as takes no more than so many columns. */
function cutTo(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let fitting = '';
  let width = 0;
  for (const character of text) {
    width += displayWidth(character);
    if (width > columns) break;
    fitting += character;
  }
  return fitting;
}

function printable(text: string): string {
  return printableText(text).replaceAll('\t', TAB);
}
