import type { ConcurrentIndexStep } from '../model/plan.ts';
import type { RunEventDetail } from '../model/run-event.ts';
import { afterFailure } from './after-failure.ts';
import { backOffForAlarm } from './alarm-transitions.ts';
import { addressOf, answer, carryOn, workOf } from './answer.ts';
import { backOff, pause, resumeOf } from './back-off.ts';
import { classifyFailure, type Failure, failureHint } from './failure.ts';
import { judgeIndexLook } from './index-watch-transitions.ts';
import { LOOK_AGAIN_MS } from './index-work.ts';
import { budgetOf, stepDone, withWaiters } from './lock-transitions.ts';
import { leaveStep, observe, probeCondition } from './next-step.ts';
import type { Answer, InputOf, InspectionPhase, RecalledStep, RunContext, StateOf, Work } from './state.ts';
import { failed, gaveUpWaiting, stopped } from './stop.ts';

type Inspecting = StateOf<'inspecting-index'>;
type Inspected = InputOf<'index-inspected'>;

/** What the catalog says about the index decides; `IF NOT EXISTS` is never trusted. */
export function afterInspection(context: RunContext, state: Inspecting, input: Inspected): Answer {
  const { step } = state;
  if (step.kind !== 'concurrent-index') return stopped(context, state, 'An index was sought for another kind of step.');
  if (input.condition === 'building') return waitForBuilder(context, state, step, input);
  if (!input.onTable) {
    const message = `${step.index} is there already, but it is not an index of ${step.table}.`;
    return failed(context, state, { sqlstate: null, message, hint: failureHint('42P07') });
  }
  const broken = step.verb === 'create' && input.condition === 'invalid' ? [step.index] : [];
  const remains = [...input.leftovers, ...broken];
  if (remains.length > 0) return repair(context, state, step, remains, reasonOf(state.phase, state.failure));
  const reached = input.condition === (step.verb === 'drop' ? 'absent' : 'valid');
  switch (state.phase) {
    case 'before':
      return beforeAnything(context, state, step, input, reached);
    case 'after':
      return reached ? verifyIndex(context, state, input.at) : unreached(context, state, step, input);
    case 'after-failure':
      return reached && step.verb !== 'reindex'
        ? verifyIndex(context, state, input.at)
        : afterBuildFailure(context, state, input);
  }
}

function reasonOf(phase: InspectionPhase, failure: Failure | null): string {
  if (phase === 'before') return 'an interrupted build left it invalid';
  if (failure === null) return 'it came out invalid';
  return failure.cancelledBy === 'deadline' ? 'the build was given up' : `the build failed: ${failure.message}`;
}

function waitForBuilder(context: RunContext, state: Inspecting, step: ConcurrentIndexStep, input: Inspected): Answer {
  const { at, orphan, builderPid: pid, builderStart: backendStart } = input;
  if (orphan !== null && pid !== null && backendStart !== null) {
    return judgeIndexLook(context, state, orphan, at, { pid, backendStart });
  }
  const { migration, step: id } = addressOf(context, state);
  const waitingSince = state.waitingSince ?? at;
  const waitedMs = at - waitingSince;
  if (waitedMs >= context.limits.maxLockWaitMs) return gaveUpWaiting(context, state, [], waitedMs);
  const due = state.reported === null || at - state.reported.at >= context.limits.reportWaitEveryMs;
  const reported = due ? { at, blockers: String(input.builderPid) } : state.reported;
  const phase = 'building in another session';
  const waitingForPid = input.builderPid;
  const progress: RunEventDetail = {
    type: 'index:progress',
    migration,
    step: id,
    phase,
    percent: null,
    etaMs: null,
    waitingForPid,
    waitingFor: null,
    elapsedMs: Math.round(waitedMs),
  };
  const next: Inspecting = { ...state, waitingSince, reported };
  const resume = resumeOf(answer(context, next, { kind: 'inspect-index', step }));
  return pause(context, next, LOOK_AGAIN_MS, resume, due ? [progress] : []);
}

function repair(
  context: RunContext,
  state: Inspecting,
  step: ConcurrentIndexStep,
  rest: readonly string[],
  reason: string,
): Answer {
  const { migration, step: id } = addressOf(context, state);
  const events = rest.map((index): RunEventDetail => ({ type: 'index:repair', migration, step: id, index, reason }));
  return dropNext(context, state, step, rest, events);
}

function dropNext(
  context: RunContext,
  state: Work & { readonly phase: InspectionPhase; readonly failure: Failure | null },
  step: ConcurrentIndexStep,
  rest: readonly string[],
  events: readonly RunEventDetail[] = [],
): Answer {
  const { phase, failure } = state;
  const [index] = rest;
  if (index === undefined) return inspect(context, state, phase, failure);
  const next: StateOf<'repairing-index'> = {
    kind: 'repairing-index',
    ...workOf(state),
    phase,
    failure,
    rest,
    watch: null,
  };
  return answer(context, next, { kind: 'drop-index', index, step }, events);
}

export function afterDrop(context: RunContext, state: StateOf<'repairing-index'>): Answer {
  if (state.step.kind !== 'concurrent-index') return stopped(context, state, 'No index step.');
  return dropNext(context, state, state.step, state.rest.slice(1));
}

export function afterFailedDrop(
  context: RunContext,
  state: StateOf<'repairing-index'>,
  input: InputOf<'sql-failed'>,
): Answer {
  const { step } = state;
  if (step.kind !== 'concurrent-index') return stopped(context, state, 'No index step.');
  const { phase, failure, watch } = state;
  if (classifyFailure(input.failure) === 'deadline') {
    const before = failure === null ? '' : ` Before that: ${withoutStop(failure.message)}.`;
    const left = `${state.rest[0]} is left invalid: no query uses it, writes may have to keep it up, and the next run drops it.`;
    return stopped(context, state, `${watch?.givingUp ?? input.failure.message} ${left}${before}`);
  }
  return afterFailure(context, state, input.failure, () =>
    backOff(context, workOf(state), input, { budgetMs: budgetOf(state) }, (work) =>
      resumeOf(inspect(context, work, phase, failure)),
    ),
  );
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '');
}

function inspect(context: RunContext, work: Work, phase: InspectionPhase, failure: Failure | null): Answer {
  if (work.step.kind !== 'concurrent-index') return stopped(context, work, 'No index step.');
  const state: Inspecting = { kind: 'inspecting-index', ...workOf(work), phase, failure, adopted: null };
  return answer(context, state, { kind: 'inspect-index', step: work.step });
}

function beforeAnything(
  context: RunContext,
  state: Inspecting,
  step: ConcurrentIndexStep,
  input: Inspected,
  reached: boolean,
): Answer {
  const { migration } = addressOf(context, state);
  const recalled: RecalledStep | null = context.recalled[migration]?.steps[step.id] ?? null;
  if (step.verb === 'reindex') {
    if (input.condition !== 'absent') return observe(context, state, 0);
    const message = `There is no index ${step.index} to build anew.`;
    return failed(context, state, { sqlstate: '42704', message, hint: failureHint('42704') });
  }
  if (!reached) return observe(context, state, 0);
  if (step.verb === 'drop') return foundDone(context, state, `${step.index} is gone already`);
  const probe = probeCondition(context, state, step.postCondition);
  if (probe !== null) return probe;
  if (recalled?.state === 'intent') return foundDone(context, state, `${step.index} was finished by an earlier run`);
  return foreignIndex(context, state, step);
}

/** A valid index of that name that is not what the step would make. */
export function foreignIndex(context: RunContext, state: Work, step: ConcurrentIndexStep): Answer {
  const message = `An index named ${step.index} is there already, but not as the plan wants it.`;
  return failed(context, state, { sqlstate: '42P07', message, hint: failureHint('42P07') });
}

/** The step's effect is there although the ledger does not say so: record that, and say it. */
export function foundDone(context: RunContext, state: Work, reason: string): Answer {
  const { migration, step } = addressOf(context, state);
  const afterwards: RunEventDetail[] = [{ type: 'step:skip', migration, step, reason }];
  return answer(
    context,
    { kind: 'recording', ...workOf(state), afterwards },
    { kind: 'record-step', state: 'done', attempts: 0, message: reason },
  );
}

function unreached(context: RunContext, state: Inspecting, step: ConcurrentIndexStep, input: Inspected): Answer {
  const message = `After the statement ran without an error, ${step.index} is ${input.condition}.`;
  return failed(context, state, { sqlstate: null, message, hint: 'Look who else changes indexes here.' });
}

/** The index is as it should be; its post-condition and its ledger row are still to come. */
function verifyIndex(context: RunContext, state: Work, at: number): Answer {
  const { step } = state;
  if (step.kind !== 'concurrent-index') return stopped(context, state, 'No index step.');
  const { postCondition } = step;
  if (postCondition.sql === null) return record(context, state, at);
  const command = { kind: 'probe-condition', condition: postCondition, sql: postCondition.sql } as const;
  return answer(context, { kind: 'verifying', ...workOf(state), copy: null }, command);
}

/** Writes `done` for a step whose work and ledger row could not share a transaction. */
export function record(context: RunContext, state: Work, at: number): Answer {
  const attempts = Math.max(1, state.attempts);
  const afterwards = [stepDone(context, state, at)];
  const command = { kind: 'record-step', state: 'done', attempts, message: null } as const;
  return answer(context, { kind: 'recording', ...workOf(state), afterwards }, command);
}

export function afterRecording(context: RunContext, state: StateOf<'recording'>, input: InputOf<'recorded'>): Answer {
  return leaveStep(context, state, input.at, state.afterwards);
}

export function afterLockProbe(context: RunContext, state: StateOf<'probing-lock'>): Answer {
  const { attempts } = state;
  return answer(context, { kind: 'recording-intent', ...workOf(state) }, { kind: 'record-intent', attempts });
}

export function afterIntent(context: RunContext, state: StateOf<'recording-intent'>): Answer {
  const { step } = state;
  if (step.kind !== 'concurrent-index') return stopped(context, state, 'No index step.');
  return answer(context, { kind: 'building-index', ...workOf(state), watch: null }, { kind: 'build-index', step });
}

export function afterBuild(
  context: RunContext,
  state: StateOf<'building-index'>,
  input: InputOf<'index-built'>,
): Answer {
  const exposure = withWaiters(state.exposure, input.waiters);
  return inspect(context, { ...workOf(state), exposure }, 'after', null);
}

/** Whatever went wrong, the catalog is asked what is left before anything is decided. */
export function afterFailedBuild(
  context: RunContext,
  state: StateOf<'building-index'>,
  input: InputOf<'sql-failed'>,
): Answer {
  const exposure = withWaiters(state.exposure, input.failure.waiters);
  const { failure } = input;
  const message = (failure.cancelledBy === 'deadline' ? state.watch?.givingUp : null) ?? failure.message;
  return inspect(context, { ...workOf(state), exposure }, 'after-failure', { ...failure, message });
}

/** The dead runner's session is gone; what it left is looked at like any failed build's. */
export function afterOrphan(context: RunContext, state: Inspecting): Answer {
  return inspect(context, state, state.phase, state.failure);
}

const GIVEN_UP: Readonly<Record<ConcurrentIndexStep['verb'], string>> = {
  create: 'It was cancelled, and nothing of it is left.',
  reindex: 'It was cancelled, and the index is as it was.',
  drop: 'It was cancelled; the index may be invalid until the next run drops it.',
};

/** The remains are cleared away; now the failure itself is answered. */
function afterBuildFailure(context: RunContext, state: Inspecting, input: Inspected): Answer {
  const { failure, step } = state;
  if (failure === null || step.kind !== 'concurrent-index') {
    return stopped(context, state, 'The build failed for no known reason.');
  }
  const kind = classifyFailure(failure);
  if (kind === 'deadline') return stopped(context, state, `${failure.message} ${GIVEN_UP[step.verb]}`);
  if (kind === 'alarm' && failure.alarm !== null) {
    return backOffForAlarm(context, workOf(state), input.at, failure.alarm, (work) =>
      resumeOf(observe(context, work, 0)),
    );
  }
  if (kind === 'lock' || kind === 'timeout') {
    if (state.stopping) return stopped(context, state, 'It was asked to stop.');
    if (state.attempts >= context.limits.maxIndexAttempts) {
      return stopped(context, state, `The build failed ${state.attempts} times, at last with: ${failure.message}.`);
    }
    return backOff(context, workOf(state), input, { budgetMs: budgetOf(state) }, (work) =>
      resumeOf(observe(context, work, 0)),
    );
  }
  return afterFailure(context, state, failure, () => stopped(context, state, failure.message));
}

export function afterFailedInspection(context: RunContext, state: Inspecting, input: InputOf<'sql-failed'>): Answer {
  const { phase, failure } = state;
  return afterFailure(context, state, input.failure, () =>
    backOff(context, workOf(state), input, { budgetMs: budgetOf(state) }, (work) =>
      resumeOf(inspect(context, work, phase, failure)),
    ),
  );
}

/** Before anything was done, stop; afterwards the remains are looked at (and cleared away) first. */
export function stopInspecting(context: RunContext, state: Inspecting): Answer {
  if (state.phase === 'before') return stopped(context, { ...state, stopping: true }, 'It was asked to stop.');
  return carryOn(context, { ...state, stopping: true });
}
