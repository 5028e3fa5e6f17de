import { displayWidth } from './display-width.ts';
import { printableText } from './printable-text.ts';

/** Words of a line that look alike. */
export interface Piece {
  readonly text: string;
  readonly style?: (text: string) => string;
}

const CUT = '...';

/**
 * One line of a terminal, cut where the terminal ends: a line that wraps would move everything below it. What would
 * steer the terminal is taken out; colours take no room.
 *
 * @example fitLine([{ text: 'a long line' }], 8) // 'a lon...'
 */
export function fitLine(pieces: readonly Piece[], columns: number): string {
  const printable = pieces.map(({ text, style }) => ({
    text: printableText(text.replaceAll(/[\t\n\r]+/g, ' ')),
    style,
  }));
  const total = printable.reduce((width, { text }) => width + displayWidth(text), 0);
  let room = total <= columns ? total : Math.max(0, columns - CUT.length);
  let line = '';
  for (const { text, style } of printable) {
    const shown = headOf(text, room);
    room -= displayWidth(shown);
    if (shown !== '') line += style === undefined ? shown : style(shown);
    if (shown.length < text.length) break;
  }
  return total <= columns ? line : line + CUT.slice(0, columns);
}

function headOf(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let room = width;
  let head = '';
  for (const character of text) {
    room -= displayWidth(character);
    if (room < 0) break;
    head += character;
  }
  return head;
}
