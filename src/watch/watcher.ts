import type { Connection } from '../db/connection.ts';
import type { MigrationPlan } from '../model/plan.ts';
import type { RunEvent } from '../model/run-event.ts';
import type { WatchState } from '../model/watch-state.ts';
import { composeState } from './compose-state.ts';
import { QueryShapes } from './query-shapes.ts';
import { RateMeter } from './rate-meter.ts';
import { readLockSample } from './read-lock-sample.ts';
import { readProgress } from './read-progress.ts';
import { type RunMemory, readRun } from './read-run.ts';
import { stepAtHand } from './step-at-hand.ts';
import { waitForest } from './wait-forest.ts';

/** What one look at a run brings. */
export interface WatchLook {
  readonly state: WatchState;
  /** Those that no look before has brought, in order. */
  readonly newEvents: readonly RunEvent[];
}

/** Looks at one run, time and again; what is known of it already is not read again. */
export class Watcher {
  readonly #run: string;
  readonly #database: string;
  readonly #plans: RunMemory = { plans: new Map<string, MigrationPlan>(), lastSeq: 0 };
  readonly #sample = { relations: new Map<number, string>(), shapes: new QueryShapes() };
  readonly #meter = new RateMeter();
  readonly #events: RunEvent[] = [];
  #maxWaiters = 0;

  /** @param database what may be shown of its address. */
  constructor(run: string, database: string) {
    this.#run = run;
    this.#database = database;
  }

  /**
   * Reads the ledger, the lock tables and the views of progress. None of it takes a lock on a table of the user, or
   * waits for one; the connection may be another than before.
   *
   * @returns null when the ledger does not know the run.
   */
  async look(connection: Connection): Promise<WatchLook | null> {
    const reading = await readRun(connection, this.#run, this.#plans);
    if (reading === null) return null;
    this.#events.push(...reading.newEvents);
    const hand = reading.outcome === null ? stepAtHand(this.#events, reading.plans) : null;
    const blockers = hand?.lettingGo?.blockers.flatMap(({ pid }) => (pid === null ? [] : [pid])) ?? [];
    const sample = await readLockSample(connection, this.#run, blockers, this.#sample);
    const waits = waitForest(sample);
    this.#maxWaiters = Math.max(this.#maxWaiters, waits.behindRun.sessions);
    const progress =
      hand === null ? null : await readProgress(connection, hand, reading.steps, sample.runPids, this.#meter);
    const state = composeState({
      database: this.#database,
      serverMajor: connection.serverMajor,
      reading,
      events: this.#events,
      hand,
      sessions: sample.sessions,
      seesOthers: sample.seesOthers,
      waits,
      maxWaiters: this.#maxWaiters,
      progress,
    });
    return { state, newEvents: reading.newEvents };
  }
}
