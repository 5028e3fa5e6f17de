import type { Blocker, RunEvent } from '../model/run-event.ts';
import type { WaitForest } from '../model/wait-forest.ts';
import type { WatchBudget, WatchedRunner, WatchedStep, WatchProgress, WatchState } from '../model/watch-state.ts';
import { briefBudgetMs } from '../run/knocks.ts';
import { DEFAULT_LIMITS } from '../run/limits.ts';
import { exposureSoFar } from './exposure-so-far.ts';
import type { SampledSession } from './lock-sample.ts';
import type { RunReading } from './read-run.ts';
import type { StepAtHand } from './step-at-hand.ts';

/** Everything that one look at a run has found. */
export interface Findings {
  readonly database: string;
  readonly serverMajor: number;
  readonly reading: RunReading;
  /** All events of the run so far. */
  readonly events: readonly RunEvent[];
  readonly hand: StepAtHand | null;
  readonly sessions: readonly SampledSession[];
  readonly seesOthers: boolean;
  readonly waits: WaitForest;
  /** The most that any look saw behind the run. */
  readonly maxWaiters: number;
  readonly progress: WatchProgress | null;
}

const LAST_EVENTS = 50;
const MISSED_HEARTBEATS = 3;

/** One picture out of all that was found. Pure. */
export function composeState(findings: Findings): WatchState {
  const { reading, events, hand, waits, database } = findings;
  const runner = runnerOf(reading);
  const end = events.findLast((event) => event.type === 'run:end');
  return {
    run: reading.run,
    database,
    at: reading.at,
    startedAt: reading.startedAt,
    elapsedMs: reading.elapsedMs,
    runner,
    outcome: reading.outcome,
    summary: reading.summary,
    nextCommand: end?.nextCommand ?? null,
    commandLine: reading.commandLine,
    steps: stepsOf(findings),
    progress: findings.progress,
    exposure: exposureSoFar(events, findings.maxWaiters),
    budget: budgetOf(hand, waits),
    lettingGo: runner.state === 'ended' || runner.state === 'gone' ? null : lettingGo(findings),
    waits,
    events: events.slice(-LAST_EVENTS),
    notes: notesOf(findings),
  };
}

function runnerOf({ run, outcome, claim, holderPid }: RunReading): WatchedRunner {
  const own = claim?.run === run ? claim : null;
  const fields = { pid: own?.pid ?? null, silentMs: own?.silentMs ?? null };
  if (outcome !== null) return { state: 'ended', ...fields };
  if (own === null || holderPid !== own.pid) return { state: 'gone', ...fields };
  const isSilent = own.silentMs > MISSED_HEARTBEATS * DEFAULT_LIMITS.heartbeatEveryMs;
  return { state: isSilent ? 'silent' : 'working', ...fields };
}

function stepsOf({ reading, hand, events }: Findings): readonly WatchedStep[] {
  const records = new Map(reading.steps.map((step) => [`${step.migration}:${step.id}`, step]));
  const closed = new Set<string>();
  const told = new Map<string, number>();
  for (const event of events) {
    if (event.type === 'gate:closed') closed.add(`${event.migration}:${event.step}`);
    if (event.type === 'lock:timeout') told.set(`${event.migration}:${event.step}`, event.attempt);
  }
  return reading.plans.flatMap((plan) =>
    plan.steps.map(({ id, kind, phase, why }) => {
      const key = `${plan.id}:${id}`;
      const record = records.get(key);
      const isAtHand = hand?.migration === plan.id && hand.step.id === id;
      const attempts = Math.max(record?.attempts ?? 0, isAtHand ? (told.get(key) ?? 0) : 0);
      const state = stateOf(record?.state ?? null, isAtHand, closed.has(key));
      return { migration: plan.id, step: id, kind, phase, state, attempts, why };
    }),
  );
}

function stateOf(
  record: RunReading['steps'][number]['state'] | null,
  isAtHand: boolean,
  isClosed: boolean,
): WatchedStep['state'] {
  if (record === 'done' || record === 'passed') return 'done';
  if (isAtHand) return 'running';
  if (record === 'failed') return 'failed';
  return isClosed ? 'closed' : 'pending';
}

function budgetOf(hand: StepAtHand | null, waits: WaitForest): WatchBudget {
  const usedMs = waits.behindRun.longestMs;
  const step = hand?.step;
  if (hand === null || step === undefined || step.kind === 'gate') {
    return { limitMs: null, usedMs, withdrawsInMs: null };
  }
  if (step.kind !== 'transaction') return { limitMs: step.lockTimeoutMs, usedMs, withdrawsInMs: null };
  if (step.lockClass !== 'brief') return { limitMs: null, usedMs, withdrawsInMs: null };
  const budgetMs = briefBudgetMs(step, hand.timeouts + 1);
  const withdrawsInMs = waits.runWaits === null ? null : Math.max(0, budgetMs - waits.runWaits.waitedMs);
  return { limitMs: step.lockTimeoutMs, usedMs, withdrawsInMs };
}

/** The blockers that the run told of last, as old as they are now. */
function lettingGo({ hand, reading, sessions, waits }: Findings): WatchState['lettingGo'] {
  if (hand === null || hand.lettingGo === null || waits.runWaits !== null) return null;
  const { blockers, waitedMs, at } = hand.lettingGo;
  const sinceMs = Math.max(0, Date.parse(reading.at) - Date.parse(at));
  const now = new Map(sessions.map((session) => [session.pid, session]));
  const refreshed = blockers.map((blocker): Blocker => {
    const session = blocker.pid === null ? undefined : now.get(blocker.pid);
    if (session === undefined) return blocker;
    return { ...blocker, state: session.state, ageMs: session.transactionMs, query: session.query };
  });
  return { blockers: refreshed, waitedMs: waitedMs + sinceMs };
}

function notesOf({ seesOthers, serverMajor, waits, reading }: Findings): readonly string[] {
  const notes: string[] = [];
  if (!seesOthers) {
    notes.push('This role is not shown what other sessions do; GRANT pg_monitor to it to see their queries.');
  }
  if (serverMajor < 14 && waits.waiters > 0 && reading.outcome === null) {
    notes.push(
      `PostgreSQL ${serverMajor} does not tell since when a lock is waited for: waits count from the start of the query.`,
    );
  }
  return notes;
}
