import type { Connection } from '../db/connection.ts';
import type { RunEvent } from '../model/run-event.ts';
import { composeState } from './compose-state.ts';
import { type RunMemory, type RunReading, readRun, type StepReading } from './read-run.ts';
import { stepAtHand } from './step-at-hand.ts';
import { waitForest } from './wait-forest.ts';
import type { WatchLook } from './watcher.ts';

/** A look into the past, and how long after the one before it was taken. */
export interface ReplayedLook extends WatchLook {
  readonly afterMs: number;
}

const NOTE =
  'A replay: the ledger keeps whom the run waited for, not who waited for whom beside it, nor the batches of a backfill.';

/**
 * A run once more, event by event, out of what the ledger keeps of it. One that told no end ends with how it stands now.
 * Reads once, and only the ledger.
 *
 * @returns nothing when the ledger does not know the run.
 */
export async function replayRun(
  connection: Connection,
  run: string,
  database: string,
): Promise<readonly ReplayedLook[]> {
  const memory: RunMemory = { plans: new Map(), lastSeq: 0 };
  const reading = await readRun(connection, run, memory);
  if (reading === null) return [];
  const events = reading.newEvents;
  const looks = events.map((event, at) =>
    lookBack(reading, events.slice(0, at + 1), event, connection.serverMajor, database),
  );
  const last = events.at(-1);
  if (last?.type === 'run:end') return looks;
  const now = compose(reading, reading, events, connection.serverMajor, database);
  return [...looks, { state: now, newEvents: [], afterMs: gap(last?.at ?? reading.startedAt, reading.at) }];
}

function lookBack(
  reading: RunReading,
  events: readonly RunEvent[],
  event: RunEvent,
  serverMajor: number,
  database: string,
): ReplayedLook {
  const before = events.at(-2)?.at ?? reading.startedAt;
  const end = event.type === 'run:end' ? event : null;
  const then: RunReading = {
    ...reading,
    at: event.at,
    elapsedMs: gap(reading.startedAt, event.at),
    outcome: end?.outcome ?? null,
    summary: end?.summary ?? null,
    steps: stepsBy(events),
  };
  const state = compose(reading, then, events, serverMajor, database);
  const runner = end === null ? { state: 'working' as const, pid: state.runner.pid, silentMs: null } : state.runner;
  return { state: { ...state, runner }, newEvents: [event], afterMs: gap(before, event.at) };
}

function compose(
  reading: RunReading,
  then: RunReading,
  events: readonly RunEvent[],
  serverMajor: number,
  database: string,
): WatchLook['state'] {
  const hand = then.outcome === null ? stepAtHand(events, reading.plans) : null;
  const state = composeState({
    database,
    serverMajor,
    reading: then,
    events,
    // What it waited for is told as of then: it waits no longer, whatever the clock says.
    hand,
    sessions: [],
    seesOthers: true,
    waits: waitForest({ locks: [], sessions: [] }),
    maxWaiters: 0,
    progress: null,
  });
  const wait = hand?.lettingGo ?? null;
  const lettingGo =
    wait === null || then === reading ? state.lettingGo : { blockers: wait.blockers, waitedMs: wait.waitedMs };
  return { ...state, lettingGo, notes: [...state.notes, NOTE] };
}

/** How far every step was, by the events up to then. */
function stepsBy(events: readonly RunEvent[]): readonly StepReading[] {
  const steps = new Map<string, StepReading>();
  for (const event of events) {
    const state = STATES[event.type];
    if (state === undefined || !('step' in event)) continue;
    const { migration, step: id } = event;
    const attempts = event.type === 'step:done' ? event.attempts : 0;
    steps.set(`${migration}:${id}`, { migration, id, state, attempts, rowsDone: null, cursor: null });
  }
  return [...steps.values()];
}

const STATES: Readonly<Partial<Record<RunEvent['type'], StepReading['state']>>> = {
  'step:start': 'intent',
  'step:done': 'done',
  'step:skip': 'done',
  'step:failed': 'failed',
  'gate:passed': 'passed',
};

function gap(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}
