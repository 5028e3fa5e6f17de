/** Turns the positions that PostgreSQL's parser gives into the ones that editors and JavaScript use. */
export interface TextPositions {
  /** UTF-16 offset of a UTF-8 byte offset: the unit of `stmt_location`, of tokens and of the tree's locations. */
  offsetOfByte(byte: number): number;
  /** UTF-16 offset of a code point index: the unit of the parser's error cursor. */
  offsetOfCodePoint(index: number): number;
  /** Line and column, both from 1, of a UTF-16 offset; `\r\n` ends one line, as do `\n` and `\r` alone. */
  lineAndColumn(offset: number): { readonly line: number; readonly column: number };
}

/** Where a unit runs ahead of UTF-16: from `from` on (counted in that unit) the UTF-16 offset is `from + shift`. */
interface Shift {
  readonly from: number;
  readonly shift: number;
}

/**
 * The position tables of one text. Only the characters outside ASCII cost memory.
 *
 * @param text must be well-formed UTF-16; a lone surrogate has no place in UTF-8.
 * @example textPositions('é;').offsetOfByte(2) // 1
 */
export function textPositions(text: string): TextPositions {
  const { bytes, codePoints } = findShifts(text);
  const lineStarts = [0, ...Array.from(text.matchAll(/\r\n|\n|\r/g), (match) => match.index + match[0].length)];
  return {
    offsetOfByte: (byte) => toOffset(bytes, byte),
    offsetOfCodePoint: (index) => toOffset(codePoints, index),
    lineAndColumn: (offset) => {
      const line = countUpTo(lineStarts, (start) => start <= offset);
      return { line, column: offset - (lineStarts[line - 1] ?? 0) + 1 };
    },
  };
}

function findShifts(text: string): { readonly bytes: readonly Shift[]; readonly codePoints: readonly Shift[] } {
  const bytes: Shift[] = [];
  const codePoints: Shift[] = [];
  let byteShift = 0;
  let codePointShift = 0;
  for (const match of text.matchAll(/\P{ASCII}/gu)) {
    const codePoint = match[0].codePointAt(0) ?? 0;
    const units = match[0].length;
    const end = match.index + units;
    byteShift += units - (codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4);
    bytes.push({ from: end - byteShift, shift: byteShift });
    if (units === 1) continue;
    codePointShift += 1;
    codePoints.push({ from: end - codePointShift, shift: codePointShift });
  }
  return { bytes, codePoints };
}

function toOffset(shifts: readonly Shift[], position: number): number {
  const count = countUpTo(shifts, (shift) => shift.from <= position);
  return position + (shifts[count - 1]?.shift ?? 0);
}

/** How many leading elements satisfy `holds`, which must not hold again once it has failed. */
function countUpTo<T>(sorted: readonly T[], holds: (value: T) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle];
    if (value !== undefined && holds(value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
