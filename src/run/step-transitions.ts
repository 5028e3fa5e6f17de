import { afterFailure } from './after-failure.ts';
import { addressOf, answer, carryOn, end, workOf } from './answer.ts';
import { backOff, resumeOf } from './back-off.ts';
import { afterFailedProof } from './copy-transitions.ts';
import { classifyFailure } from './failure.ts';
import { foreignIndex, foundDone, record } from './index-transitions.ts';
import { budgetOf, leaveDone } from './lock-transitions.ts';
import { enterMigration, enterStep, probeCondition, seekLock, startPass } from './next-step.ts';
import type { Answer, InputOf, RunContext, StateKind, StateOf, Work } from './state.ts';
import { connectionLost, failed, failedBy, fencedOut, stopped } from './stop.ts';

export function afterBegin(context: RunContext, state: StateOf<'ready'>, input: InputOf<'begun'>): Answer {
  const pending = context.migrations.filter(({ id }) => context.recalled[id]?.applied !== true);
  const steps = pending.reduce((sum, migration) => sum + migration.steps.length, 0);
  const resumed = pending.some(({ id }) => Object.keys(context.recalled[id]?.steps ?? {}).length > 0);
  return enterMigration(context, state, input.at, [{ type: 'run:start', migrations: pending.length, steps, resumed }]);
}

export function afterAnnouncement(
  context: RunContext,
  state: StateOf<'announcing'>,
  input: InputOf<'recorded'>,
): Answer {
  return enterStep(context, state, input.at);
}

/** Its effect is there already: say so and record it. Else do it. */
export function afterProbe(
  context: RunContext,
  state: StateOf<'probing-step'>,
  input: InputOf<'condition-answered'>,
): Answer {
  return probed(context, state, input.holds);
}

function probed(context: RunContext, state: StateOf<'probing-step'>, holds: boolean): Answer {
  const { step } = state;
  switch (step.kind) {
    case 'transaction':
      return holds ? foundDone(context, state, already(step.postCondition.sentence)) : seekLock(context, state, step);
    case 'backfill':
      return holds
        ? foundDone(context, state, already(step.postCondition.sentence))
        : startPass(context, state, recalledStep(context, state));
    case 'concurrent-index':
      return holds
        ? foundDone(context, state, already(step.postCondition.sentence))
        : foreignIndex(context, state, step);
    case 'gate':
      return stopped(context, state, 'A gate has no condition to look at.');
  }
}

function already(sentence: string): string {
  return `already there: ${sentence}`;
}

function recalledStep(context: RunContext, state: Work): Parameters<typeof startPass>[2] {
  return context.recalled[addressOf(context, state).migration]?.steps[state.step.id] ?? null;
}

/** A condition over things that are not there yet fails; that is an answer too. */
export function afterFailedProbe(
  context: RunContext,
  state: StateOf<'probing-step'>,
  input: InputOf<'sql-failed'>,
): Answer {
  if (classifyFailure(input.failure) === 'fault') return probed(context, state, false);
  const { step } = state;
  return afterFailure(context, state, input.failure, () =>
    backOff(context, workOf(state), input, { budgetMs: budgetOf(state) }, (work) => {
      const again = 'postCondition' in step ? probeCondition(context, work, step.postCondition) : null;
      return resumeOf(again ?? stopped(context, work, 'The step has no condition to look at.'));
    }),
  );
}

/** The proof of a step: what it promised is there, or a person has to look. */
export function afterProof(
  context: RunContext,
  state: StateOf<'verifying'>,
  input: InputOf<'condition-answered'>,
): Answer {
  const { step, copy } = state;
  if (input.holds) {
    return step.kind === 'transaction' ? leaveDone(context, state, input.at) : record(context, state, input.at);
  }
  if (copy !== null) return afterFailedProof(context, { ...copy, stopping: state.stopping });
  const sentence = 'postCondition' in step ? step.postCondition.sentence : '';
  return failed(context, state, {
    sqlstate: null,
    message: `The step ran, but afterwards this does not hold: ${sentence}`,
    hint: 'Somebody may have changed the schema meanwhile: look, then run the same command again.',
  });
}

export function afterBrokenProof(
  context: RunContext,
  state: StateOf<'verifying'>,
  input: InputOf<'sql-failed'>,
): Answer {
  const { step } = state;
  if (!('postCondition' in step) || step.postCondition.sql === null) return failedBy(context, state, input.failure);
  const command = { kind: 'probe-condition', condition: step.postCondition, sql: step.postCondition.sql } as const;
  return afterFailure(context, state, input.failure, () =>
    backOff(context, workOf(state), input, { budgetMs: budgetOf(state) }, (work) =>
      resumeOf(answer(context, { ...state, ...work, kind: 'verifying' }, command)),
    ),
  );
}

export function afterFinish(
  context: RunContext,
  state: StateOf<'finishing-migration'>,
  input: InputOf<'recorded'>,
): Answer {
  const { migration } = addressOf(context, state);
  const { exposure, stopping } = state;
  const base = { position: { migration: state.position.migration + 1, step: 0 }, exposure, stopping };
  const done = { type: 'migration:done', migration } as const;
  const more = context.migrations[base.position.migration] !== undefined;
  if (stopping && more) return stopped(context, base, 'It was asked to stop.', [done]);
  return enterMigration(context, base, input.at, [done]);
}

export function afterWait(_context: RunContext, state: StateOf<'backing-off'>): Answer {
  const { resume } = state;
  return { state: resume.state, command: resume.command, events: [] };
}

/** Writing the ledger failed. It is ours alone, so a lock there passes; anything else stops or fails the run. */
export function afterFailedRecord(
  context: RunContext,
  state: StateOf<'announcing' | 'recording' | 'recording-intent' | 'finishing-migration'>,
  input: InputOf<'sql-failed'>,
): Answer {
  const { failure } = input;
  switch (classifyFailure(failure)) {
    case 'fenced':
      return fencedOut(context, state);
    case 'fault':
      return failedBy(context, state, failure);
    default:
      return stopped(context, state, `The ledger could not be written: ${failure.message}.`);
  }
}

export function afterClosing(context: RunContext, state: StateOf<'closing'>): Answer {
  return end(context, state, state.ending);
}

export function stopNow(context: RunContext, state: StateOf<Exclude<StateKind, 'closing' | 'ended'>>): Answer {
  return stopped(context, { ...state, stopping: true }, 'It was asked to stop.');
}

export function lost(
  context: RunContext,
  state: StateOf<Exclude<StateKind, 'closing' | 'ended'>>,
  input: InputOf<'connection-lost'>,
): Answer {
  return connectionLost(context, state, input.message);
}

/** What is under way is nearly done and has to be recorded: finish it, then stop. */
export function stopLater(
  context: RunContext,
  state: StateOf<'repairing-index' | 'verifying' | 'recording' | 'finishing-migration' | 'closing'>,
): Answer {
  return carryOn(context, { ...state, stopping: true });
}
