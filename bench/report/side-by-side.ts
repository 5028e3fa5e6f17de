import type { IncidentResult } from '../incident/run-incident.ts';
import type { Paint } from './console.ts';
import { count, latency, percent, seconds } from './words.ts';

/** One line of the comparison; `bad` and `good` decide the colour of a cell, never its meaning. */
interface Row {
  readonly label: string;
  readonly cell: (result: IncidentResult) => string;
  readonly verdict?: (result: IncidentResult) => 'good' | 'bad' | 'plain';
}

const ROWS: readonly Row[] = [
  { label: 'requests', cell: ({ load }) => count(load.scheduled) },
  {
    label: 'failed requests',
    cell: ({ load }) => (load.failed === 0 ? '0' : `${count(load.failed)} (${percent(load.failed, load.scheduled)})`),
    verdict: ({ load }) => (load.failed === 0 ? 'good' : 'bad'),
  },
  { label: 'median latency (p50)', cell: ({ load }) => latency(load.p50Ms) },
  {
    label: 'slowest 1 % took at least (p99)',
    cell: ({ load }) => latency(load.p99Ms),
    verdict: ({ load }) => (load.p99Ms > 50 ? 'bad' : 'plain'),
  },
  {
    label: 'slowest request (max)',
    cell: ({ load }) => latency(load.maxMs),
    verdict: ({ load }) => (load.maxMs > 2000 ? 'bad' : 'plain'),
  },
  {
    label: 'most queries waiting for a lock at once',
    cell: ({ peakWaiting }) => count(peakWaiting),
    verdict: ({ peakWaiting }) => (peakWaiting > 50 ? 'bad' : 'plain'),
  },
  {
    label: 'seconds degraded (a failure, or p99 > 50 ms)',
    cell: ({ load }) => count(load.degradedSeconds),
    verdict: ({ load }) => (load.degradedSeconds > 0 ? 'bad' : 'good'),
  },
  { label: 'the column was there after', cell: columnThere },
  { label: '... counted from the end of the report', cell: columnAfterReport },
  { label: 'all migrations applied', cell: ({ outcome }) => (outcome?.finished === true ? 'yes' : 'no') },
  { label: 'attempts to get the lock', cell: ({ outcome }) => count(outcome?.attempts ?? 0) },
];

/** When the column was there, from the start of the migration. */
function columnThere({ columnThereMs, migrationStartedMs }: IncidentResult): string {
  if (columnThereMs === null || migrationStartedMs === null) return 'never';
  return seconds(columnThereMs - migrationStartedMs);
}

function columnAfterReport({ columnThereMs, reportEndedMs }: IncidentResult): string {
  if (columnThereMs === null) return 'never';
  const ms = columnThereMs - reportEndedMs;
  return ms < 0 ? `${seconds(-ms)} before` : `${seconds(ms)} after`;
}

export interface NamedResult {
  readonly name: string;
  readonly result: IncidentResult;
}

/** The runs beside each other, one line a measure. */
export function sideBySide(runs: readonly NamedResult[], paint: Paint): readonly string[] {
  const labelWidth = Math.max(...ROWS.map(({ label }) => label.length));
  const columns = runs.map(({ name, result }) => ({
    result,
    width: Math.max(name.length, ...ROWS.map((row) => row.cell(result).length)) + 3,
  }));
  const head = columns.map(({ width }, index) => paint.bold((runs[index]?.name ?? '').padStart(width)));
  const lines = ROWS.map((row) => {
    const cells = columns.map(({ result, width }) => {
      const text = row.cell(result).padStart(width);
      const verdict = row.verdict?.(result) ?? 'plain';
      if (verdict === 'plain') return text;
      return verdict === 'good' ? paint.green(text) : paint.red(text);
    });
    return `  ${row.label.padEnd(labelWidth)}${cells.join('')}`;
  });
  return [`  ${' '.repeat(labelWidth)}${head.join('')}`, ...lines];
}
