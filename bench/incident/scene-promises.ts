import type { KeptPromise } from './promises.ts';
import type { IncidentResult } from './run-incident.ts';
import type { Scene } from './scene.ts';

/** The budget of a strike: so much longer than without us may a request take. */
const STALL_BUDGET_MS = 100;

/** A strike is felt by requests that were due a little before, and by those that stood in line behind them. */
const FELT_AROUND_MS = 500;

/**
 * Holds the rounds of Evenkeel in one scene against what it promises there. Round n is compared with the baseline of
 * round n.
 *
 * @param results the runs of all rounds of the scene in the order in which they were made
 */
export function judgeScene(
  scene: Pick<Scene, 'bystanders'>,
  results: readonly IncidentResult[],
): readonly KeptPromise[] {
  const baselines = results.filter(({ strategy }) => strategy === 'baseline');
  const rounds = results.filter(({ strategy }) => strategy === 'evenkeel');
  if (rounds.length === 0) return [];
  const failed = Math.max(...rounds.map(({ load }) => load.failed));
  const there = rounds.filter(columnCame).length;
  const longer = Math.max(
    ...rounds.map((round, index) => longestStallMs(round) - (baselines[index]?.load.maxMs ?? Number.NaN)),
  );
  return [
    { sentence: 'no request failed', kept: failed === 0, worst: `${failed} failed` },
    {
      sentence: 'the column was there before the load ended',
      kept: there === rounds.length,
      worst: `in ${there} of ${rounds.length} rounds`,
    },
    {
      sentence: `no request around a strike took more than ${STALL_BUDGET_MS} ms longer than the longest of the same round's baseline`,
      kept: longer <= STALL_BUDGET_MS,
      worst: Number.isNaN(longer)
        ? 'there was no baseline'
        : `${Math.abs(Math.round(longer))} ms ${longer < 0 ? 'shorter' : 'longer'}`,
    },
    ...(scene.bystanders ? [unharmed(rounds)] : []),
  ];
}

/** In time: what comes when the load is over, and the obstacle perhaps with it, does not count. */
function columnCame({ columnThereMs, outcome, load }: IncidentResult): boolean {
  return outcome?.finished === true && columnThereMs !== null && columnThereMs < load.seconds.length * 1000;
}

function unharmed(rounds: readonly IncidentResult[]): KeptPromise {
  const hurt = rounds.find((round) => round.hurt !== null)?.hurt ?? null;
  return { sentence: 'whoever stood in the way met no error', kept: hurt === null, worst: hurt ?? 'none' };
}

/**
 * The longest latency of the seconds in which a lock was asked for, with those right before and after where it was close
 * to their border; 0 when it was never asked for.
 */
export function longestStallMs({ strikes, load }: IncidentResult): number {
  const felt = load.seconds.filter(({ second }) =>
    strikes.some(
      ({ fromMs, untilMs }) =>
        fromMs - FELT_AROUND_MS < (second + 1) * 1000 && untilMs + FELT_AROUND_MS >= second * 1000,
    ),
  );
  return Math.max(0, ...felt.map(({ maxMs }) => maxMs));
}
