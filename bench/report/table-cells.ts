import type { MedianAndWorst, StrategySummary } from '../incident/summary.ts';
import { seconds } from './words.ts';

/** When the column came, from the start of the migration; `-` for who did not migrate. */
export function columnThereCell(summary: StrategySummary): string {
  if (summary.attempts === null) return '-';
  if (summary.columnThereMs === null) return 'never';
  const times = medianAndWorstCell(summary.columnThereMs, seconds);
  return summary.applied === summary.rounds ? times : `${times}, in ${summary.applied} of ${summary.rounds} rounds`;
}

/** The median, with the worst round in brackets where it reads differently. */
export function medianAndWorstCell({ median, worst }: MedianAndWorst, words: (value: number) => string): string {
  const [middle, end] = [words(median), words(worst)];
  return middle === end ? middle : `${middle} (${end})`;
}

/** A Markdown table; every column but the first is one of numbers. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
