import type { IncidentResult } from './run-incident.ts';

/** Something that Evenkeel has to keep in every round, with the worst that was measured. */
export interface KeptPromise {
  readonly sentence: string;
  readonly kept: boolean;
  readonly worst: string;
}

/** Most queries of the application that may wait for a lock at once. */
const MOST_WAITING = 3;

/** How much of the p99 of the same round's baseline is allowed. */
const P99_RATIO = 1.5;

const COLUMN_WITHIN_MS = 1000;

/**
 * Holds the rounds of Evenkeel against what it promises. Round n is compared with the baseline of round n.
 *
 * @param results the runs of all rounds in the order in which they were made
 */
export function judgePromises(results: readonly IncidentResult[]): readonly KeptPromise[] {
  const baselines = results.filter(({ strategy }) => strategy === 'baseline');
  const rounds = results.filter(({ strategy }) => strategy === 'evenkeel');
  if (rounds.length === 0) return [];
  const failed = Math.max(...rounds.map(({ load }) => load.failed));
  const waiting = Math.max(...rounds.map(({ peakWaiting }) => peakWaiting));
  const ratio = Math.max(...rounds.map(({ load }, round) => load.p99Ms / (baselines[round]?.load.p99Ms ?? 0)));
  const late = Math.max(
    ...rounds.map(({ columnThereMs, reportEndedMs }) => (columnThereMs ?? Number.POSITIVE_INFINITY) - reportEndedMs),
  );
  const everyRound = rounds.length === 1 ? 'in the one round' : `in any of ${rounds.length} rounds`;
  return [
    { sentence: `no request failed ${everyRound}`, kept: failed === 0, worst: `${failed} failed` },
    {
      sentence: `at most ${MOST_WAITING} queries waited for a lock at once`,
      kept: waiting <= MOST_WAITING,
      worst: `${waiting} waited`,
    },
    {
      sentence: `the p99 stayed within ${P99_RATIO} times that of the same round's baseline`,
      kept: ratio <= P99_RATIO,
      worst: `${ratio.toFixed(2)} times`,
    },
    {
      sentence: `the column was there within ${COLUMN_WITHIN_MS / 1000} s of the report's end`,
      kept: late <= COLUMN_WITHIN_MS,
      worst: Number.isFinite(late) ? `${(late / 1000).toFixed(2)} s` : 'never',
    },
  ];
}
