import type { Phase, Step } from './plan.ts';
import type { Blocker, Exposure, RunEvent, RunOutcome } from './run-event.ts';
import type { WaitForest } from './wait-forest.ts';

/** All that `evenkeel watch` knows of a run at one moment. */
export interface WatchState {
  readonly run: string;
  /** Host, port and database name; never a password. */
  readonly database: string;
  /** ISO 8601, time of the database. */
  readonly at: string;
  readonly startedAt: string;
  /** Until now, or until its end. */
  readonly elapsedMs: number;
  readonly runner: WatchedRunner;
  /** null while it runs, and for a run whose runner died. */
  readonly outcome: RunOutcome | null;
  readonly summary: string | null;
  readonly nextCommand: string | null;
  /** What was typed to start it, without secrets; null where the ledger does not know. */
  readonly commandLine: string | null;
  readonly steps: readonly WatchedStep[];
  readonly progress: WatchProgress | null;
  /** Of the run so far. */
  readonly exposure: Exposure;
  readonly budget: WatchBudget;
  /** Whom the run lets go first, without having asked for its lock; null when it does not. */
  readonly lettingGo: { readonly blockers: readonly Blocker[]; readonly waitedMs: number } | null;
  readonly waits: WaitForest;
  /** The last ones. */
  readonly events: readonly RunEvent[];
  /** What cannot be seen, and what a number is worth, in whole sentences. */
  readonly notes: readonly string[];
}

/**
 * - `working`: it has given a sign of life lately.
 * - `silent`: it still holds the runner lock, but gives no sign of life.
 * - `gone`: nobody holds the runner lock for this run any more, and it told no end.
 * - `ended`: it told its end.
 */
export interface WatchedRunner {
  readonly state: 'working' | 'silent' | 'gone' | 'ended';
  readonly pid: number | null;
  /** Since its last sign of life, ms; null when another runner has taken over since. */
  readonly silentMs: number | null;
}

export interface WatchedStep {
  readonly migration: string;
  readonly step: string;
  readonly kind: Step['kind'];
  readonly phase: Phase;
  readonly state: 'pending' | 'running' | 'done' | 'failed' | 'closed';
  /** Strikes or builds so far. */
  readonly attempts: number;
  readonly why: string;
}

/** How far the step at hand is. */
export interface WatchProgress {
  /** `copying rows`, `building index: scanning table`. */
  readonly doing: string;
  readonly unit: 'row' | 'block' | null;
  readonly done: number | null;
  /** An estimate where it is of rows. */
  readonly total: number | null;
  /** 0 to 1; null when nothing tells. */
  readonly fraction: number | null;
  readonly perSecond: Span | null;
  /** Of what `doing` says; null until it is known. `to` null: it may never end at this rate. */
  readonly leftMs: { readonly from: number; readonly to: number | null } | null;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

export interface WatchBudget {
  /** How long the step at hand may keep others waiting for its lock, ms; null when it asks for none that stops anybody. */
  readonly limitMs: number | null;
  /** The longest wait behind the run right now, ms. */
  readonly usedMs: number;
  /** Until it gives up asking, ms; null when it does not stand in a queue, or gives up only with the work. */
  readonly withdrawsInMs: number | null;
}
