import type { StrategySummary } from '../incident/summary.ts';
import { columnThereCell, markdownTable, medianAndWorstCell } from './table-cells.ts';
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
    medianAndWorstCell(summary.failed, count),
    medianAndWorstCell(summary.p50Ms, latency),
    medianAndWorstCell(summary.p99Ms, latency),
    medianAndWorstCell(summary.p999Ms, latency),
    medianAndWorstCell(summary.maxMs, latency),
    medianAndWorstCell(summary.peakWaiting, count),
    medianAndWorstCell(summary.peakQueue, count),
    medianAndWorstCell(summary.degradedSeconds, count),
    columnThereCell(summary),
    summary.columnAfterReportMs === null ? '-' : medianAndWorstCell(summary.columnAfterReportMs, signed),
    summary.attempts === null ? '-' : medianAndWorstCell(summary.attempts, count),
  ]);
  return markdownTable(HEAD, rows);
}

function signed(ms: number): string {
  return ms < 0 ? `${seconds(-ms)} before` : seconds(ms);
}
