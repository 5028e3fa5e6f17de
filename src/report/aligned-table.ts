import { displayWidth } from './display-width.ts';

const GAP = '  ';
const NARROWEST = 20;

/**
 * Cells in columns, one line a row, no longer than `width` as far as that goes: the columns in `elastic` are cut short
 * where they must be, the first one first.
 *
 * @example alignedTable([['a', 'bb'], ['ccc', 'd']], 80, []) // ['a    bb', 'ccc  d']
 */
export function alignedTable(
  rows: readonly (readonly string[])[],
  width: number,
  elastic: readonly number[],
): readonly string[] {
  // A name may hold a line break.
  const lines = rows.map((row) => row.map((cell) => cell.replaceAll(/\s+/g, ' ')));
  const widths = columnWidths(lines, width, elastic);
  return lines.map((row) =>
    row
      .map((cell, column) => padded(shortened(cell, widths[column] ?? 0), widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

function columnWidths(
  rows: readonly (readonly string[])[],
  width: number,
  elastic: readonly number[],
): readonly number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
  }
  let excess = widths.reduce((total, one) => total + one, 0) - width + GAP.length * (widths.length - 1);
  for (const column of elastic) {
    const own = widths[column] ?? 0;
    const given = Math.max(0, Math.min(excess, own - NARROWEST));
    widths[column] = own - given;
    excess -= given;
  }
  return widths;
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - displayWidth(cell)));
}

/** What a name is told from others by stands at both of its ends, so the middle goes. */
function shortened(cell: string, width: number): string {
  if (displayWidth(cell) <= width) return cell;
  const characters = [...cell];
  const front: string[] = [];
  const back: string[] = [];
  let room = width - 3;
  while (characters.length > 0) {
    const isFront = front.length <= back.length;
    const next = (isFront ? characters.shift() : characters.pop()) ?? '';
    room -= displayWidth(next);
    if (room < 0) break;
    if (isFront) front.push(next);
    else back.unshift(next);
  }
  return `${front.join('')}...${back.join('')}`;
}
