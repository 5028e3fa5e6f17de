/** Where something stands in a file. Lines and columns count from 1; columns and offsets are UTF-16 code units. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly startOffset: number;
  readonly endOffset: number;
}

/**
 * The place of a part of a text whose own place is known.
 *
 * @param whole where `text` stands in its file.
 * @param start UTF-16 offset of the part in `text`, the end excluded.
 */
export function partOfSpan(whole: Span, text: string, start: number, end: number): Span {
  const from = advance(whole, text.slice(0, start));
  const to = advance(from, text.slice(start, end));
  return {
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    startOffset: whole.startOffset + start,
    endOffset: whole.startOffset + end,
  };
}

/** `\r\n` ends one line, as do `\n` and `\r` alone. */
function advance(
  at: { readonly line: number; readonly column: number },
  text: string,
): { readonly line: number; readonly column: number } {
  const breaks = [...text.matchAll(/\r\n|\n|\r/g)];
  const last = breaks.at(-1);
  if (last === undefined) return { line: at.line, column: at.column + text.length };
  return { line: at.line + breaks.length, column: text.length - last.index - last[0].length + 1 };
}
