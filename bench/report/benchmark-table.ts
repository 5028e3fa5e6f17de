import type { MedianAndWorst, StrategySummary } from '../incident/summary.ts';
import { count, latency, seconds } from './words.ts';

const HEAD: readonly string[] = [
  'strategy',
  'failed requests',
  'p50',
  'p99',
  'p99.9',
  'max',
  'queries waiting at once',
  'requests in line',
  'seconds degraded',
  'column there after',
  'after the report',
  'attempts',
];

/** The comparison as a Markdown table: the median over the rounds, and the worst round in brackets. */
export function benchmarkTable(summaries: readonly StrategySummary[]): string {
  const rows = summaries.map((summary) => [
    summary.name,
    both(summary.failed, count),
    both(summary.p50Ms, latency),
    both(summary.p99Ms, latency),
    both(summary.p999Ms, latency),
    both(summary.maxMs, latency),
    both(summary.peakWaiting, count),
    both(summary.peakQueue, count),
    both(summary.degradedSeconds, count),
    columnThere(summary),
    summary.columnAfterReportMs === null ? '-' : both(summary.columnAfterReportMs, signed),
    summary.attempts === null ? '-' : both(summary.attempts, count),
  ]);
  return [HEAD, HEAD.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function columnThere(summary: StrategySummary): string {
  if (summary.attempts === null) return '-';
  if (summary.columnThereMs === null) return 'never';
  const times = both(summary.columnThereMs, seconds);
  return summary.applied === summary.rounds ? times : `${times}, in ${summary.applied} of ${summary.rounds} rounds`;
}

function signed(ms: number): string {
  return ms < 0 ? `${seconds(-ms)} before` : seconds(ms);
}

function both({ median, worst }: MedianAndWorst, words: (value: number) => string): string {
  const [middle, end] = [words(median), words(worst)];
  return middle === end ? middle : `${middle} (${end})`;
}
