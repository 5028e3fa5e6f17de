import type { Overdraft } from '../guard/supervise.ts';
import type { TransactionStep } from '../model/plan.ts';
import type { Exposure, RunEventDetail } from '../model/run-event.ts';
import { afterFailure } from './after-failure.ts';
import { backOffForAlarm } from './alarm-transitions.ts';
import { addressOf, answer, workOf } from './answer.ts';
import { backOff, type LostWait, resumeOf } from './back-off.ts';
import { endBlocker } from './blocker-transitions.ts';
import { classifyFailure, type Failure } from './failure.ts';
import { type GuardMemory, withLook } from './guard-memory.ts';
import { wholeBudgetAttempt } from './knocks.ts';
import { leaveStep, observe, probeTimeoutMs, seekLock, strike } from './next-step.ts';
import type { Answer, InputOf, RunContext, StateOf, Work } from './state.ts';
import { gaveUpWaiting, stopped } from './stop.ts';

/** Blockers come and go on a busy table; more than one line a second tells nobody anything. */
const REPORT_AT_MOST_EVERY_MS = 1_000;

/** Clear: strike. Not clear: look again soon, and say who is in the way. */
export function afterLook(context: RunContext, state: StateOf<'observing'>, input: InputOf<'holders-seen'>): Answer {
  const { limits } = context;
  const { blockers, at } = input;
  const { migration, step } = addressOf(context, state);
  if (blockers.length === 0) return afterClear(context, state, input);
  const waitingSince = state.waitingSince ?? at;
  const waitedMs = at - waitingSince;
  if (waitedMs >= limits.maxLockWaitMs) return gaveUpWaiting(context, state, blockers, waitedMs);
  const names = blockers.map(({ pid, relation, mode }) => `${pid ?? 'prepared'} ${relation} ${mode}`).join('; ');
  const since = state.reported === null ? Number.POSITIVE_INFINITY : at - state.reported.at;
  const changed = names !== state.reported?.blockers;
  const due = since >= limits.reportWaitEveryMs || (changed && since >= REPORT_AT_MOST_EVERY_MS);
  const reported = due ? { at, blockers: names } : state.reported;
  const events: RunEventDetail[] = due ? [{ type: 'lock:wait', migration, step, blockers, waitedMs }] : [];
  const work = { ...workOf(state), waitingSince, reported };
  const { min, max } = limits.observeEveryMs;
  return endBlocker(context, work, input, events) ?? observe(context, work, min + input.random * (max - min), events);
}

function afterClear(context: RunContext, state: StateOf<'observing'>, input: InputOf<'holders-seen'>): Answer {
  const { at } = input;
  const { migration, step } = addressOf(context, state);
  const events: RunEventDetail[] =
    state.waitingSince === null || state.reported === null
      ? []
      : [{ type: 'lock:clear', migration, step, waitedMs: at - state.waitingSince }];
  const work = { ...workOf(state), reported: null, guard: withLook(state.guard, input) };
  if (work.step.kind === 'transaction') return strike(context, work, work.step, events, input.yields);
  if (work.step.kind !== 'concurrent-index') return stopped(context, work, 'A lock was sought for no reason.', events);
  return answer(
    context,
    { kind: 'probing-lock', ...work, attempts: work.attempts + 1 },
    { kind: 'probe-lock', step: work.step, lockTimeoutMs: probeTimeoutMs(context) },
    events,
  );
}

/** A look at the holders, or the probe of an index's lock, failed. */
export function afterFailedLook(context: RunContext, state: Work, input: InputOf<'sql-failed'>): Answer {
  return afterFailure(context, state, input.failure, () =>
    backOff(context, workOf(state), input, { budgetMs: budgetOf(state) }, (work) =>
      resumeOf(observe(context, work, 0)),
    ),
  );
}

/** The strike is committed, with its ledger row. */
export function afterStrike(context: RunContext, state: StateOf<'striking'>, input: InputOf<'struck'>): Answer {
  const brief = isBrief(state);
  const exposure = withWaiters(
    {
      ...state.exposure,
      strikes: state.exposure.strikes + (brief ? 1 : 0),
      heldMs: state.exposure.heldMs + (brief ? input.heldMs : 0),
    },
    input.waiters,
  );
  return verify(context, { ...workOf(state), exposure, heldMs: brief ? input.heldMs : null }, input.at);
}

/** Asks for the post-condition; a step without one is done. Its ledger row is there already. */
function verify(context: RunContext, work: Work, at: number): Answer {
  const { step } = work;
  if (!('postCondition' in step) || step.postCondition.sql === null) return leaveDone(context, work, at);
  const command = {
    kind: 'probe-condition',
    condition: step.postCondition,
    sql: step.postCondition.sql,
  } as const;
  return answer(context, { kind: 'verifying', ...work, copy: null }, command);
}

/** What a finished step tells. */
export function stepDone(context: RunContext, work: Work, at: number): RunEventDetail {
  const { migration, step } = addressOf(context, work);
  const elapsedMs = Math.round(at - work.startedAt);
  return { type: 'step:done', migration, step, attempts: Math.max(1, work.attempts), elapsedMs, heldMs: work.heldMs };
}

export function leaveDone(context: RunContext, work: Work, at: number): Answer {
  return leaveStep(context, work, at, [stepDone(context, work, at)]);
}

export function afterFailedStrike(
  context: RunContext,
  state: StateOf<'striking'>,
  input: InputOf<'sql-failed'>,
): Answer {
  const { step, exposure } = state;
  if (step.kind !== 'transaction') return stopped(context, state, 'A strike was asked of another kind of step.');
  const { failure } = input;
  const brief = isBrief(state);
  const { overdraft } = failure;
  const inVain = classifyFailure(failure) === 'lock' || overdraft?.weWait === true;
  const waitedMs = state.lockTimeoutMs;
  const counted: Exposure = {
    ...exposure,
    strikes: exposure.strikes + (brief ? 1 : 0),
    waitedInQueueMs: exposure.waitedInQueueMs + (brief && inVain ? waitOf(failure, waitedMs) : 0),
    heldMs: exposure.heldMs + (brief && !inVain ? failure.elapsedMs : 0),
  };
  const work: Work = { ...workOf(state), exposure: withWaiters(counted, failure.waiters) };
  if (brief && classifyFailure(failure) === 'supervisor' && overdraft !== null) {
    return afterOverdraft(context, work, step, input, overdraft);
  }
  if (failure.alarm !== null && classifyFailure(failure) === 'alarm') {
    return backOffForAlarm(context, work, input.at, failure.alarm, (waiting) =>
      resumeOf(seekLock(context, waiting, step)),
    );
  }
  const lost: LostWait = brief
    ? { budgetMs: waitedMs, attempt: wholeBudgetAttempt(state.attempts) }
    : { budgetMs: step.lockTimeoutMs, toldMs: waitedMs };
  return afterFailure(context, work, failure, () =>
    backOff(context, work, input, lost, (waiting) => resumeOf(seekLock(context, waiting, step))),
  );
}

/** Our own strike was taken back for others: again later, unless it is the statement itself that is slow. */
function afterOverdraft(
  context: RunContext,
  work: Work,
  step: TransactionStep,
  input: InputOf<'sql-failed'>,
  overdraft: Overdraft,
): Answer {
  if (work.stopping) return stopped(context, work, 'It was asked to stop.');
  const { budget, limit, waiters, heldUpMs, weWait } = overdraft;
  const guard: GuardMemory = {
    ...work.guard,
    queueCancels: work.guard.queueCancels + (budget === 'queue' ? 1 : 0),
    slowStrikes: work.guard.slowStrikes + (weWait ? 0 : 1),
  };
  if (guard.slowStrikes >= context.limits.maxSlowStrikes) return tooSlow(context, work, input.failure);
  const { migration, step: id } = addressOf(context, work);
  const lost: LostWait = {
    budgetMs: step.lockTimeoutMs,
    attempt: wholeBudgetAttempt(work.attempts),
    told: (attempt, retryInMs) => {
      const about = { migration, step: id, attempt, budget, limit, waiters, heldUpMs, weWaited: weWait, retryInMs };
      return { type: 'strike:cancelled', ...about };
    },
  };
  return backOff(context, { ...work, guard }, input, lost, (waiting) => resumeOf(seekLock(context, waiting, step)));
}

function tooSlow(context: RunContext, work: Work, failure: Failure): Answer {
  return afterFailure(context, work, failure, () => stopped(context, work, failure.message));
}

function waitOf(failure: Failure, budgetMs: number): number {
  return failure.sqlstate === '55P03' ? budgetMs : Math.round(failure.elapsedMs);
}

function isBrief(state: Work): boolean {
  return state.step.kind === 'transaction' && state.step.lockClass === 'brief';
}

/** How long a step's lock may be waited for, ms. */
export function budgetOf(state: Work): number {
  return 'lockTimeoutMs' in state.step ? state.step.lockTimeoutMs : 0;
}

export function withWaiters(exposure: Exposure, waiters: number): Exposure {
  return waiters > exposure.maxWaitersSeen ? { ...exposure, maxWaitersSeen: waiters } : exposure;
}
