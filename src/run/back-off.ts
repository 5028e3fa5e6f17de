import type { RunEventDetail } from '../model/run-event.ts';
import { addressOf, answer, workOf } from './answer.ts';
import type { Answer, Moment, Resume, RunContext, Work } from './state.ts';
import { gaveUpWaiting } from './stop.ts';

/**
 * How long to leave others alone after the `attempt`-th failed strike, ms: full jitter on a doubling base, never less
 * than five budgets (so that we are in the queue a sixth of the time at most), never more than the cap.
 */
export function backOffMs(attempt: number, budgetMs: number, capMs: number, random: number): number {
  const least = Math.min(5 * budgetMs, capMs);
  const spread = Math.min(capMs, least * 2 ** Math.min(attempt, 16)) - least;
  return Math.round(least + random * Math.max(0, spread));
}

/** What was waited for in vain. */
export interface LostWait {
  /** What the pause is measured by. */
  readonly budgetMs: number;
  /** How long was really waited, where that differs. */
  readonly toldMs?: number;
  /** Which attempt the pause counts from, where it is not the step's. */
  readonly attempt?: number;
  /** What is told, where it is not that the time ran out. */
  readonly told?: (attempt: number, retryInMs: number) => RunEventDetail;
}

/** A lock was asked for in vain: wait, then go on with `resume`, unless the step has waited long enough in all. */
export function backOff<W extends Work>(
  context: RunContext,
  work: W,
  moment: Moment,
  lost: LostWait,
  resumeWith: (work: W) => Resume,
): Answer {
  const waitingSince = work.waitingSince ?? moment.at;
  const waitedMs = moment.at - waitingSince;
  if (waitedMs >= context.limits.maxLockWaitMs) return gaveUpWaiting(context, work, [], waitedMs);
  const attempt = Math.max(1, work.attempts);
  const { budgetMs, toldMs = budgetMs } = lost;
  const retryInMs = backOffMs(lost.attempt ?? attempt, budgetMs, context.limits.backOffCapMs, moment.random);
  const { migration, step } = addressOf(context, work);
  const timeout: RunEventDetail = { type: 'lock:timeout', migration, step, attempt, budgetMs: toldMs, retryInMs };
  const told = lost.told?.(attempt, retryInMs) ?? timeout;
  const waiting: W = { ...work, waitingSince };
  return pause(context, waiting, retryInMs, resumeWith(waiting), [told]);
}

/** Waits, then goes on with `resume`. */
export function pause(
  context: RunContext,
  work: Work,
  ms: number,
  resume: Resume,
  events: readonly RunEventDetail[] = [],
): Answer {
  return answer(context, { kind: 'backing-off', ...workOf(work), resume }, { kind: 'wait', ms }, events);
}

/** An answer as something to come back to. */
export function resumeOf({ state, command }: Answer): Resume {
  return { state, command };
}
