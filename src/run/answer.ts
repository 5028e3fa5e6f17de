import { InvariantError } from '../model/error.ts';
import type { MigrationPlan, Step } from '../model/plan.ts';
import type { RunEventDetail } from '../model/run-event.ts';
import type { CommandDetail, StepAddress } from './command.ts';
import type { Ending } from './ending.ts';
import type { Answer, CopyWork, RunContext, RunState, StateOf, Work } from './state.ts';

const NOWHERE: StepAddress = { migration: '-', step: '-', ordinal: 0 };

/** The migration that a state is in, or null once all are done. */
export function migrationAt(context: RunContext, state: Pick<RunState, 'position'>): MigrationPlan | null {
  return context.migrations[state.position.migration] ?? null;
}

/** The step that a state is in, or null between migrations. */
export function stepAt(context: RunContext, state: Pick<RunState, 'position'>): Step | null {
  return migrationAt(context, state)?.steps[state.position.step] ?? null;
}

/** Names for events, ledger rows and failpoints. */
export function addressOf(context: RunContext, state: Pick<RunState, 'position'>): StepAddress {
  const migration = migrationAt(context, state);
  if (migration === null) return NOWHERE;
  const step = migration.steps[state.position.step];
  return { migration: migration.id, step: step?.id ?? '-', ordinal: state.position.step + 1 };
}

export function answer(
  context: RunContext,
  state: RunState,
  command: CommandDetail,
  events: readonly RunEventDetail[] = [],
): Answer {
  return { state, command: { ...command, address: addressOf(context, state) }, events };
}

/** Stay, and do what is pending. */
export function carryOn(context: RunContext, state: RunState): Answer {
  return answer(context, state, { kind: 'carry-on' });
}

/** Write the ending to the ledger, then end. `events` are told first. */
export function close(
  context: RunContext,
  state: Pick<RunState, 'position' | 'exposure' | 'stopping'>,
  ending: Ending,
  events: readonly RunEventDetail[] = [],
): Answer {
  const { position, exposure, stopping } = state;
  const closing: StateOf<'closing'> = { kind: 'closing', position, exposure, stopping, ending };
  return answer(context, closing, { kind: 'record-ending', ending }, events);
}

/** End without a word to the ledger: the connection is gone, the fence is lost, or it is written already. */
export function end(
  context: RunContext,
  state: Pick<RunState, 'position' | 'exposure' | 'stopping'>,
  ending: Ending,
): Answer {
  const { position, exposure, stopping } = state;
  const { outcome, summary, nextCommand } = ending;
  return answer(context, { kind: 'ended', position, exposure, stopping, ending }, { kind: 'none' }, [
    { type: 'run:end', outcome, summary, nextCommand, exposure },
  ]);
}

/** The fields of a step's work alone, to build its next state from. */
export function workOf(state: Work): Work {
  const { position, exposure, stopping, step, startedAt, attempts, waitingSince, reported, heldMs, guard, signals } =
    state;
  return { position, exposure, stopping, step, startedAt, attempts, waitingSince, reported, heldMs, guard, signals };
}

/** The fields of a backfill's work alone. */
export function copyWorkOf(state: CopyWork): CopyWork {
  const { pass, size, changedInPass, rowsDone, rowsAtStart, rowsEstimate, progressAt } = state;
  return { ...workOf(state), pass, size, changedInPass, rowsDone, rowsAtStart, rowsEstimate, progressAt };
}

/** A cell of the table that no run can reach. It stops rather than guess. */
export function impossible(_context: RunContext, state: RunState, input: { readonly kind: string }): never {
  throw new InvariantError(`The run was in state ${state.kind} and got ${input.kind}, which cannot be.`, {
    nextCommand: 'run the same command again, and report this sentence as a fault of Evenkeel',
  });
}
