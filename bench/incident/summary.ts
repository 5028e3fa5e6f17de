import type { IncidentResult } from './run-incident.ts';

/** A measure over the rounds of one strategy. */
export interface MedianAndWorst {
  readonly median: number;
  readonly worst: number;
}

/** One strategy over all its rounds. Times are ms. */
export interface StrategySummary {
  readonly id: string;
  readonly name: string;
  readonly rounds: number;
  /** Of one round. */
  readonly scheduled: number;
  readonly failed: MedianAndWorst;
  readonly p50Ms: MedianAndWorst;
  readonly p99Ms: MedianAndWorst;
  readonly p999Ms: MedianAndWorst;
  readonly maxMs: MedianAndWorst;
  readonly peakWaiting: MedianAndWorst;
  readonly peakQueue: MedianAndWorst;
  readonly degradedSeconds: MedianAndWorst;
  /** null for the baseline. */
  readonly attempts: MedianAndWorst | null;
  /** From the start of the migration; of the rounds in which the column came at all. */
  readonly columnThereMs: MedianAndWorst | null;
  /** From the end of the report; negative when the column was there before. */
  readonly columnAfterReportMs: MedianAndWorst | null;
  /** In how many rounds the column came. */
  readonly applied: number;
  /** The round in the middle, by failures and then by p99: the one to draw. */
  readonly typical: IncidentResult;
}

/** @param results every round of one strategy, at least one */
export function summarize(
  strategy: { readonly id: string; readonly name: string },
  results: readonly [IncidentResult, ...IncidentResult[]],
): StrategySummary {
  const over = (measure: (result: IncidentResult) => number): MedianAndWorst => medianAndWorst(results.map(measure));
  const applied = results.filter((result) => result.columnThereMs !== null);
  const since = (start: (result: IncidentResult) => number): MedianAndWorst | null =>
    applied.length === 0 ? null : medianAndWorst(applied.map((result) => (result.columnThereMs ?? 0) - start(result)));
  const byHarm = [...results].sort((a, b) => a.load.failed - b.load.failed || a.load.p99Ms - b.load.p99Ms);
  return {
    ...strategy,
    rounds: results.length,
    scheduled: results[0].load.scheduled,
    failed: over(({ load }) => load.failed),
    p50Ms: over(({ load }) => load.p50Ms),
    p99Ms: over(({ load }) => load.p99Ms),
    p999Ms: over(({ load }) => load.p999Ms),
    maxMs: over(({ load }) => load.maxMs),
    peakWaiting: over(({ peakWaiting }) => peakWaiting),
    peakQueue: over(({ load }) => load.peakQueue),
    degradedSeconds: over(({ load }) => load.degradedSeconds),
    attempts: results[0].outcome === null ? null : over(({ outcome }) => outcome?.attempts ?? 0),
    columnThereMs: since(({ migrationStartedMs }) => migrationStartedMs ?? 0),
    columnAfterReportMs: since(({ reportEndedMs }) => reportEndedMs),
    applied: applied.length,
    typical: byHarm[Math.floor((byHarm.length - 1) / 2)] ?? results[0],
  };
}

/** The lower one of two middle values is taken: every number in the table was really measured. */
export function medianAndWorst(values: readonly number[]): MedianAndWorst {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0, worst: sorted.at(-1) ?? 0 };
}
