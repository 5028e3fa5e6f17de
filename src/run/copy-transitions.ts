import { nextBatchSize, pauseMs } from '../backfill/pace.ts';
import type { RunEventDetail } from '../model/run-event.ts';
import { afterFailure } from './after-failure.ts';
import { backOffForAlarm } from './alarm-transitions.ts';
import { addressOf, answer, copyWorkOf, workOf } from './answer.ts';
import { backOff, resumeOf } from './back-off.ts';
import { classifyFailure } from './failure.ts';
import { record } from './index-transitions.ts';
import { budgetOf, withWaiters } from './lock-transitions.ts';
import { walk } from './next-step.ts';
import type { Answer, CopyWork, InputOf, RunContext, StateOf } from './state.ts';
import { failed, stopped } from './stop.ts';

const PROGRESS_EVERY_MS = 1_000;

/** The bounds of a pass are frozen: begin with its first batch. An empty table has nothing to walk. */
export function afterPassStart(
  context: RunContext,
  state: StateOf<'starting-pass'> | StateOf<'copying'>,
  input: InputOf<'pass-started'>,
): Answer {
  const { cursor, size, rowsEstimate, rowsDone } = input;
  const copy: CopyWork = { ...copyWorkOf(state), size: state.size ?? size, rowsEstimate, rowsDone };
  return cursor === null ? verifyCopy(context, copy, input.at) : copyBatch(context, copy, cursor, 0);
}

function copyBatch(
  context: RunContext,
  copy: CopyWork,
  cursor: StateOf<'copying'>['cursor'],
  afterMs: number,
  events: readonly RunEventDetail[] = [],
): Answer {
  const { step } = copy;
  if (step.kind !== 'backfill') return stopped(context, copy, 'A backfill was asked of another kind of step.');
  const size = copy.size ?? step.batchRows;
  const command = { kind: 'copy-batch', step, cursor, size, afterMs } as const;
  return answer(context, { kind: 'copying', ...copy, cursor }, command, events);
}

/** A batch is committed with its cursor. On to the next one, or to the next pass, or to the proof. */
export function afterBatch(context: RunContext, state: StateOf<'copying'>, input: InputOf<'batch-done'>): Answer {
  const { step } = state;
  if (step.kind !== 'backfill') return stopped(context, state, 'A backfill was asked of another kind of step.');
  const { at, changed, elapsedMs, cursor } = input;
  const done: CopyWork = {
    ...copyWorkOf(state),
    rowsDone: input.rowsDone,
    changedInPass: state.changedInPass + changed,
    size: nextBatchSize(state.size ?? step.batchRows, elapsedMs),
    exposure: withWaiters(state.exposure, input.waiters),
    waitingSince: null,
    attempts: 1,
  };
  const due = state.progressAt === null || at - state.progressAt >= PROGRESS_EVERY_MS || cursor === null;
  const copy: CopyWork = due ? { ...done, progressAt: at } : done;
  const events = due ? [progress(context, copy, at)] : [];
  if (cursor !== null) return copyBatch(context, copy, cursor, pauseMs(changed, elapsedMs, input.random), events);
  // A pass that found nothing to change is the proof, chunk by chunk, that nothing is left.
  const isWalked = step.once === true || copy.changedInPass === 0;
  const next = isWalked ? verifyCopy(context, copy, at) : nextPass(context, copy);
  return { ...next, events: [...events, ...next.events] };
}

function progress(context: RunContext, copy: CopyWork, at: number): RunEventDetail {
  const { migration, step } = addressOf(context, copy);
  const { rowsDone, rowsEstimate, rowsAtStart } = copy;
  const seconds = Math.max(0.001, (at - copy.startedAt) / 1000);
  const rowsPerSecond = Math.round((rowsDone - rowsAtStart) / seconds);
  const left = rowsEstimate === null ? null : rowsEstimate - rowsDone;
  const etaMs = left === null || left < 0 || rowsPerSecond === 0 ? null : Math.round((left / rowsPerSecond) * 1000);
  return { type: 'backfill:batch', migration, step, rowsDone, rowsEstimate, rowsPerSecond, etaMs };
}

function nextPass(context: RunContext, copy: CopyWork): Answer {
  if (copy.stopping) return stopped(context, copy, 'It was asked to stop.');
  if (copy.pass >= context.limits.maxBackfillPasses) {
    return failed(context, copy, {
      sqlstate: null,
      message: `After ${copy.pass} passes over the table there are still rows to change`,
      hint: 'Rows keep coming that nobody keeps in step: look at the trigger or the application, then run again.',
    });
  }
  return walk(context, { ...copy, pass: copy.pass + 1, changedInPass: 0 }, null);
}

function verifyCopy(context: RunContext, copy: CopyWork, at: number): Answer {
  const { step } = copy;
  if (step.kind !== 'backfill' || step.postCondition.sql === null) return record(context, copy, at);
  const command = { kind: 'probe-condition', condition: step.postCondition, sql: step.postCondition.sql } as const;
  return answer(context, { kind: 'verifying', ...workOf(copy), copy }, command);
}

/** Rows came in behind the last pass: walk once more. */
export function afterFailedProof(context: RunContext, copy: CopyWork): Answer {
  return nextPass(context, copy);
}

/** A batch that could not get its rows is halved and tried again; a single row is waited for. */
export function afterFailedBatch(context: RunContext, state: StateOf<'copying'>, input: InputOf<'sql-failed'>): Answer {
  const { step, cursor } = state;
  if (step.kind !== 'backfill') return stopped(context, state, 'A backfill was asked of another kind of step.');
  const exposure = withWaiters(state.exposure, input.failure.waiters);
  const copy: CopyWork = { ...copyWorkOf(state), exposure, attempts: state.attempts + 1 };
  const kind = classifyFailure(input.failure);
  const { alarm } = input.failure;
  if (kind === 'alarm' && alarm !== null) {
    return backOffForAlarm(context, { ...copy, attempts: state.attempts }, input.at, alarm, (waiting) =>
      resumeOf(copyBatch(context, waiting, cursor, 0)),
    );
  }
  if (kind !== 'lock' && kind !== 'timeout' && kind !== 'supervisor') {
    return afterFailure(context, copy, input.failure, () => stopped(context, copy, input.failure.message));
  }
  if (copy.stopping) return stopped(context, copy, 'It was asked to stop.');
  const size = Math.max(1, Math.floor((state.size ?? step.batchRows) / 2));
  return backOff(context, { ...copy, size }, input, { budgetMs: budgetOf(copy) }, (waiting) =>
    resumeOf(copyBatch(context, waiting, cursor, 0)),
  );
}

export function afterFailedPassStart(
  context: RunContext,
  state: StateOf<'starting-pass'>,
  input: InputOf<'sql-failed'>,
): Answer {
  const copy = copyWorkOf(state);
  return afterFailure(context, copy, input.failure, () =>
    backOff(context, { ...copy, attempts: copy.attempts + 1 }, input, { budgetMs: budgetOf(copy) }, (waiting) =>
      resumeOf(walk(context, waiting, state.from)),
    ),
  );
}
