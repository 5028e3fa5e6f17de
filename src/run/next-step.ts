import type { QueueBudget } from '../guard/supervise.ts';
import type { PostCondition, Step, TransactionStep } from '../model/plan.ts';
import type { Exposure, RunEventDetail } from '../model/run-event.ts';
import { addressOf, answer, close, migrationAt, stepAt, workOf } from './answer.ts';
import type { CommandDetail } from './command.ts';
import { NOTHING_LEARNED } from './guard-memory.ts';
import { briefBudgetMs } from './knocks.ts';
import { queueLimit } from './queue-limit.ts';
import type { Answer, CopyWork, RecalledStep, RunContext, RunState, Work } from './state.ts';
import { stopped } from './stop.ts';

type Base = Pick<RunState, 'position' | 'exposure' | 'stopping'>;

export const NO_EXPOSURE: Exposure = { heldMs: 0, waitedInQueueMs: 0, strikes: 0, maxWaitersSeen: 0, signalsSent: 0 };

/** Enters the migration at the position, passing over those that the ledger calls applied. */
export function enterMigration(
  context: RunContext,
  base: Base,
  at: number,
  events: readonly RunEventDetail[] = [],
): Answer {
  const migration = migrationAt(context, base);
  if (migration === null) {
    const count = context.migrations.filter(({ id }) => context.recalled[id]?.applied !== true).length;
    const summary = count === 0 ? 'Nothing to do: every migration is applied.' : `Done: ${migrations(count)} applied.`;
    return close(context, base, { outcome: 'completed', summary, nextCommand: null, failure: null }, events);
  }
  if (context.recalled[migration.id]?.applied === true) {
    const position = { migration: base.position.migration + 1, step: 0 };
    return enterMigration(context, { ...base, position }, at, events);
  }
  const { position, exposure, stopping } = base;
  const started: RunEventDetail = { type: 'migration:start', migration: migration.id, steps: migration.steps.length };
  return answer(context, { kind: 'announcing', position, exposure, stopping }, { kind: 'announce-migration' }, [
    ...events,
    started,
  ]);
}

function migrations(count: number): string {
  return count === 1 ? 'one migration is' : `${count} migrations are`;
}

/** Goes on behind the step at the position. `events` tell what became of it. */
export function leaveStep(context: RunContext, base: Base, at: number, events: readonly RunEventDetail[] = []): Answer {
  const position = { migration: base.position.migration, step: base.position.step + 1 };
  return enterStep(context, { position, exposure: base.exposure, stopping: base.stopping }, at, events);
}

/** Begins the step at the position, or whatever comes instead: a skip, a gate, the migration's end, a stop. */
export function enterStep(context: RunContext, base: Base, at: number, events: readonly RunEventDetail[] = []): Answer {
  const step = stepAt(context, base);
  const { position, exposure, stopping } = base;
  if (step === null) {
    const state: RunState = { kind: 'finishing-migration', position, exposure, stopping };
    return answer(context, state, { kind: 'finish-migration' }, events);
  }
  const { migration } = addressOf(context, base);
  const recalled = context.recalled[migration]?.steps[step.id] ?? null;
  if (recalled?.state === 'done' || recalled?.state === 'passed') {
    const reason = recalled.state === 'done' ? 'done by an earlier run' : 'the gate was passed in an earlier run';
    return leaveStep(context, base, at, [...events, { type: 'step:skip', migration, step: step.id, reason }]);
  }
  if (stopping) return stopped(context, base, 'It was asked to stop.', events);
  if (step.kind === 'gate' && !opens(context, migration, step.id)) return closedGate(context, base, step, events);
  if (context.through === 'expand' && step.phase !== 'expand') {
    const summary = `The expand phase is done; step ${step.id} of ${migration} belongs to the ${step.phase} phase.`;
    const nextCommand = context.commandLine;
    return close(context, base, { outcome: 'gated', summary, nextCommand, failure: null }, events);
  }
  return beginStep(context, base, step, recalled, at, events);
}

function opens(context: RunContext, migration: string, step: string): boolean {
  return context.through === 'contract' || context.passGate === `${migration}:${step}`;
}

function closedGate(
  context: RunContext,
  base: Base,
  step: Extract<Step, { kind: 'gate' }>,
  events: readonly RunEventDetail[],
): Answer {
  const { migration } = addressOf(context, base);
  const nextCommand = `${context.commandLine} --past-gate ${migration}:${step.id}`;
  const summary = `The gate ${migration}:${step.id} is closed: ${step.deploy}`;
  return close(context, base, { outcome: 'gated', summary, nextCommand, failure: null }, [
    ...events,
    { type: 'gate:closed', migration, step: step.id, deploy: step.deploy, nextCommand },
  ]);
}

function beginStep(
  context: RunContext,
  base: Base,
  step: Step,
  recalled: RecalledStep | null,
  at: number,
  before: readonly RunEventDetail[],
): Answer {
  const { position, exposure, stopping } = base;
  const { migration } = addressOf(context, base);
  const { kind, phase, why } = step;
  const events: RunEventDetail[] = [...before, { type: 'step:start', migration, step: step.id, kind, phase, why }];
  const fresh = { startedAt: at, attempts: 0, waitingSince: null, reported: null, heldMs: null };
  const work: Work = { position, exposure, stopping, step, ...fresh, guard: NOTHING_LEARNED, signals: [] };
  switch (step.kind) {
    case 'gate': {
      const afterwards: RunEventDetail[] = [{ type: 'gate:passed', migration, step: step.id }];
      const command: CommandDetail = { kind: 'record-step', state: 'passed', attempts: 1, message: null };
      return answer(context, { kind: 'recording', ...work, afterwards }, command, events);
    }
    case 'transaction':
      return probeCondition(context, work, step.postCondition, events) ?? seekLock(context, work, step, events);
    case 'concurrent-index':
      return answer(
        context,
        { kind: 'inspecting-index', ...work, phase: 'before', failure: null, adopted: null },
        { kind: 'inspect-index', step },
        events,
      );
    case 'backfill':
      if (recalled?.cursor != null) return startPass(context, work, recalled, events);
      return probeCondition(context, work, step.postCondition, events) ?? startPass(context, work, recalled, events);
  }
}

/** Looks whether the step's effect is there already; null when the step cannot be asked that. */
export function probeCondition(
  context: RunContext,
  work: Work,
  condition: PostCondition,
  events: readonly RunEventDetail[] = [],
): Answer | null {
  if (condition.sql === null) return null;
  const command: CommandDetail = { kind: 'probe-condition', condition, sql: condition.sql };
  return answer(context, { kind: 'probing-step', ...workOf(work) }, command, events);
}

/** Whether a step looks at the holders of its locks before it asks for them. */
function observes(step: TransactionStep): boolean {
  return (step.lockClass === 'brief' || step.lockClass === 'scan') && step.locks.length > 0;
}

/** Looks at the holders first where that matters, else strikes at once. */
export function seekLock(
  context: RunContext,
  work: Work,
  step: TransactionStep,
  events: readonly RunEventDetail[] = [],
): Answer {
  return observes(step) ? observe(context, work, 0, events) : strike(context, work, step, events);
}

/** A look at who holds locks that the step needs, `afterMs` from now. */
export function observe(
  context: RunContext,
  work: Work,
  afterMs: number,
  events: readonly RunEventDetail[] = [],
): Answer {
  if (work.stopping) return stopped(context, work, 'It was asked to stop.', events);
  const budgetMs = work.step.kind === 'transaction' ? wholeBudgetMs(context, work.step) : probeTimeoutMs(context);
  // An age below the budget says nothing: on a busy table somebody is always that old (never opens).
  const oldHolderMs = Math.max(context.limits.oldHolderMs, budgetMs);
  const command: CommandDetail = { kind: 'observe', locks: work.step.locks, oldHolderMs, budgetMs, afterMs };
  return answer(context, { kind: 'observing', ...workOf(work) }, command, events);
}

/**
 * The one message that takes the locks, does the work, writes the ledger row and commits.
 *
 * @param patient somebody holds the lock who gives way to whoever waits for it: the whole budget at once.
 */
export function strike(
  context: RunContext,
  work: Work,
  step: TransactionStep,
  events: readonly RunEventDetail[] = [],
  patient = false,
): Answer {
  const attempts = work.attempts + 1;
  const knocks = step.lockClass === 'brief' && !patient;
  const lockTimeoutMs = knocks ? briefBudgetMs(step, attempts, work.guard.agesMs) : wholeBudgetMs(context, step);
  const state: RunState = { kind: 'striking', ...workOf(work), attempts, lockTimeoutMs };
  return answer(
    context,
    state,
    { kind: 'strike', step, attempts, lockTimeoutMs, budget: queueBudget(context, work, step) },
    events,
  );
}

/** What may stand behind a strike. Only a brief lock stops anybody that it could be taken back for. */
function queueBudget(context: RunContext, work: Work, step: TransactionStep): QueueBudget | null {
  if (step.lockClass !== 'brief') return null;
  const maxStallMs = Math.max(context.limits.maxStallMs, step.lockTimeoutMs);
  return { maxQueued: queueLimit(context.limits.maxQueued, work.guard, step.lockTimeoutMs), maxStallMs };
}

/**
 * How long a strike may wait for a lock at most, ms: the step's short budget where waiting would hold others up, longer
 * where it does not.
 */
export function wholeBudgetMs(context: RunContext, step: TransactionStep): number {
  switch (step.lockClass) {
    case 'scan':
      return Math.max(step.lockTimeoutMs, context.limits.scanLockTimeoutMs);
    case 'rows':
      return Math.max(step.lockTimeoutMs, context.limits.rowsLockTimeoutMs);
    case 'brief':
    case 'fresh':
      return step.lockTimeoutMs;
  }
}

/** How long the probe for a concurrent build's lock waits, ms; that lock (SHARE UPDATE EXCLUSIVE) stops no query. */
export function probeTimeoutMs(context: RunContext): number {
  return context.limits.scanLockTimeoutMs;
}

/** The first pass of a backfill, or the one that an earlier run was in. */
export function startPass(
  context: RunContext,
  work: Work,
  recalled: RecalledStep | null,
  events: readonly RunEventDetail[] = [],
): Answer {
  const rowsDone = recalled?.rowsDone ?? 0;
  const pass = recalled?.cursor?.pass ?? 1;
  const copy: CopyWork = {
    ...workOf(work),
    attempts: 1,
    pass,
    size: null,
    // What an earlier run changed in this pass is not known: it counts as something, so that a clean pass follows.
    changedInPass: recalled?.cursor == null ? 0 : 1,
    rowsDone,
    rowsAtStart: rowsDone,
    rowsEstimate: null,
    progressAt: null,
  };
  return walk(context, copy, recalled?.cursor ?? null, events);
}

/** Freezes the bounds of a pass over the table (or takes up those of an interrupted one). */
export function walk(
  context: RunContext,
  copy: CopyWork,
  resume: Extract<CommandDetail, { kind: 'start-pass' }>['resume'],
  events: readonly RunEventDetail[] = [],
): Answer {
  if (copy.step.kind !== 'backfill') return stopped(context, copy, 'A backfill was asked of another kind of step.');
  const { pass, rowsDone, step } = copy;
  const command: CommandDetail = { kind: 'start-pass', step, pass, resume, rowsDone };
  return answer(context, { kind: 'starting-pass', ...copy, from: resume }, command, events);
}
