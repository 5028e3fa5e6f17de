import type { Connection } from '../db/connection.ts';
import type { DatabaseTarget } from '../db/database-target.ts';
import { type Failpoint, failpointFromEnvironment } from '../guard/failpoint.ts';
import { type BlockerPolicies, NO_BLOCKER_POLICIES } from '../model/blocker-policy.ts';
import type { MigrationPlan, Phase, Plan } from '../model/plan.ts';
import type { QueueDecision } from '../model/queue-decision.ts';
import type { Exposure, RunEvent, RunOutcome } from '../model/run-event.ts';
import { type EventLog, makeEventLog } from './event-log.ts';
import { startHeartbeat } from './heartbeat.ts';
import { DEFAULT_LIMITS, type RunLimits } from './limits.ts';
import { NO_EXPOSURE } from './next-step.ts';
import { makeRunId, type OpenRun, openRun } from './open-run.ts';
import { makePerformer } from './perform.ts';
import { isConnectionLost } from './perform-sql.ts';
import { releaseRunnerLock } from './runner-lock.ts';
import type { Answer, RunContext, RunInputDetail, StateOf } from './state.ts';
import { transition } from './transitions.ts';
import { lookBefore, type TimeBefore, undoOf, watchAfter } from './watch-after.ts';

export interface RunOptions {
  readonly url: DatabaseTarget;
  /** null: go on with what the ledger of the database has stored. */
  readonly plan: Plan | null;
  /** How far to go: `expand` stops before anything else, `migrate` at the first closed gate, `contract` at none. */
  readonly through: Phase;
  /** `<migration>:<step>` of a gate to open, or null. */
  readonly passGate: string | null;
  /** The command that the user typed, without --through and --past-gate: the base of every next command. */
  readonly commandLine: string;
  readonly onEvent: (event: RunEvent) => void;
  /** Aborted: what is under way is finished (or cancelled, where it may take long), then the run stops resumably. */
  readonly signal?: AbortSignal;
  readonly limits?: Partial<RunLimits>;
  /** Who may be ended when in the way; missing: nobody. */
  readonly blockers?: BlockerPolicies;
  /** How many sessions may wait behind a strike; missing: by the traffic of the table. */
  readonly queue?: QueueDecision;
  /** After a run that has changed something, the database is watched so long beside the time before; missing: not at all. */
  readonly afterWatchMs?: number;
  /** The fingerprint of the catalog as it is now; without it a stale plan is not noticed. */
  readonly fingerprintOf?: (connection: Connection) => Promise<string>;
  readonly failpoint?: Failpoint;
}

export interface RunResult {
  readonly run: string;
  readonly outcome: RunOutcome;
  /** One sentence. */
  readonly summary: string;
  readonly nextCommand: string | null;
  readonly exposure: Exposure;
}

/**
 * Runs a plan against a live database, guarded, and tells everything that happens.
 *
 * A run that was killed, stopped or gated goes on where it was: the ledger in the target database knows, and a
 * migration that has begun keeps the plan that it began with.
 *
 * @throws EvenkeelError when it cannot begin (connection, privileges, another runner, a stale plan, an edited file).
 * Once it has begun, whatever happens is an outcome.
 * @example
 * const { outcome, nextCommand } = await runPlan({
 *   url, plan, through: 'migrate', passGate: null, commandLine: 'evenkeel apply migrations',
 *   onEvent: (event) => console.log(event.type),
 * });
 */
export async function runPlan(options: RunOptions): Promise<RunResult> {
  const { queue = null } = options;
  const decided = queue === null ? {} : { maxQueued: queue.maxQueued };
  const limits: RunLimits = { ...DEFAULT_LIMITS, ...decided, ...options.limits };
  const signal = options.signal ?? new AbortController().signal;
  const failpoint = options.failpoint ?? failpointFromEnvironment(process.env);
  const events = makeEventLog(makeRunId(), options.onEvent);
  const { url, plan, passGate, commandLine } = options;
  const fingerprintOf = options.fingerprintOf ?? null;
  const open = await openRun({
    url,
    plan,
    passGate,
    commandLine,
    fingerprintOf,
    limits,
    signal,
    failpoint,
    events,
  });
  const heartbeat = startHeartbeat(open.ledger.heartbeat, open, limits.heartbeatEveryMs);
  try {
    const { migrations, recalled } = open;
    const blockers = options.blockers ?? NO_BLOCKER_POLICIES;
    const { through } = options;
    const context: RunContext = { migrations, recalled, through, passGate, commandLine, limits, blockers };
    if (queue !== null) {
      const note = `At most ${queue.maxQueued} sessions may wait behind a strike, as the config has decided: ${queue.reason}`;
      events.emit({ type: 'run:note', note });
    }
    const pending = migrations.filter(({ id }) => recalled[id]?.applied !== true);
    const { afterWatchMs = 0 } = options;
    const before = afterWatchMs > 0 ? await lookBefore(open.control, pending, open.vitals.before) : null;
    const ended = await drive(context, open, { events, signal, failpoint });
    const { outcome, summary, nextCommand } = ended.ending;
    if (outcome === 'completed' && pending.length > 0 && before !== null) {
      await heartbeat.stop();
      await lookAfter(open, { events, signal, limits }, { pending, before, afterWatchMs });
    }
    return { run: events.run, outcome, summary, nextCommand, exposure: ended.exposure };
  } finally {
    await heartbeat.stop();
    await open.worker.close();
    await open.control.close();
  }
}

/** Whatever becomes of it, the run is completed and in the ledger. */
async function lookAfter(
  open: OpenRun,
  around: { readonly events: EventLog; readonly signal: AbortSignal; readonly limits: RunLimits },
  what: { readonly pending: readonly MigrationPlan[]; readonly before: TimeBefore; readonly afterWatchMs: number },
): Promise<void> {
  const { events, signal, limits } = around;
  const { pending, before, afterWatchMs } = what;
  try {
    await open.worker.close();
    await releaseRunnerLock(open.control);
    events.emit({ type: 'after:start', watchMs: afterWatchMs });
    const aftermath = await watchAfter(open.control, before, limits.vitals, afterWatchMs, signal);
    events.emit({ type: 'after:end', ...aftermath, undo: undoOf(pending) });
    await flush(events, open);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    events.emit({ type: 'run:note', note: `The watch after the run ended early: ${reason}` });
  }
}

interface Surroundings {
  readonly events: EventLog;
  readonly signal: AbortSignal;
  readonly failpoint: Failpoint;
}

/** The loop: perform the command, tell the events, ask the machine what follows. It decides nothing. */
async function drive(context: RunContext, open: OpenRun, around: Surroundings): Promise<StateOf<'ended'>> {
  const { events, signal, failpoint } = around;
  const performer = makePerformer(
    { ...open, ...around, limits: context.limits, alarm: null, emit: events.emit },
    open.migrations,
  );
  const take = (state: Answer['state'], input: RunInputDetail): Answer => {
    const next = transition(context, state, { ...input, at: performance.now(), random: Math.random() });
    for (const event of next.events) events.emit(event);
    return next;
  };
  const nowhere = { position: { migration: 0, step: 0 }, exposure: NO_EXPOSURE, stopping: false };
  let { state, command } = take({ kind: 'ready', ...nowhere }, { kind: 'begun' });
  let told = false;
  while (state.kind !== 'ended') {
    if (signal.aborted && !told) {
      told = true;
      const answer = take(state, { kind: 'stop-requested' });
      state = answer.state;
      command = answer.command.kind === 'carry-on' ? command : answer.command;
      continue;
    }
    // Between the last look and the strike nothing else may take time.
    if (command.kind !== 'strike') await flush(events, open);
    ({ state, command } = take(state, await performer.perform(command)));
  }
  failpoint.pass('-/-/before/last-events');
  await flush(events, open);
  return state;
}

/** The ledger's copy of the events; a lost session or fence shows at the next command, which matters more. */
async function flush(events: EventLog, open: OpenRun): Promise<void> {
  try {
    await events.flush(open.ledger);
  } catch (error) {
    if (!isConnectionLost(error) && !(error instanceof Error && 'sqlstate' in error)) throw error;
  }
}
