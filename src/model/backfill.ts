import type { RelationKey } from './relation-name.ts';

/** A statement cut into batches: what each batch does to its rows, and along what it walks. */
export interface BackfillDefinition {
  readonly verb: 'update' | 'delete';
  readonly table: RelationKey;
  /** What the expressions call the table. */
  readonly alias: string;
  /** What stands behind SET; null for a DELETE. */
  readonly assignments: string | null;
  /** Which rows are changed, as SQL; `true` for all. */
  readonly where: string;
  /** True of a row that still has to be changed, whenever it is asked; null where a row cannot tell. */
  readonly remaining: string | null;
  /** Unique NOT NULL columns in their order; empty when there are none. */
  readonly keyColumns: readonly string[];
  /** What is worth knowing before it begins, one sentence each. */
  readonly notes: readonly string[];
}

/** How the rows are walked, and why this way. */
export interface BackfillWalk {
  readonly kind: 'keys' | 'blocks';
  readonly why: string;
}

export type BackfillState = 'running' | 'paused' | 'cancelled' | 'finished' | 'failed';

/** What can be changed while a backfill runs. Stored as JSON, so that psql can change it, too. */
export interface BackfillSettings {
  readonly workers: number;
  /** A batch should take about this long. */
  readonly batchTargetMs: number;
  /** The part of the time in which a worker works; the rest is the application's. 1: no pauses. */
  readonly dutyCycle: number;
  /** How many rows that cannot be changed are put aside before it stops. */
  readonly failureBudget: number;
  /** A batch waits this long for a locked row before it is split. */
  readonly lockTimeoutMs: number;
  /** In all, a locked row is waited for this long. */
  readonly maxWaitMs: number;
  /** Limits of signals that differ from the usual ones; null switches one off. */
  readonly limits: Readonly<Record<string, number | null>>;
  /** A query that answers true while the backfill has to hold; null: none. */
  readonly probeSql: string | null;
  /** An address that answers with 2xx while the backfill may go on; null: none. */
  readonly probeUrl: string | null;
}

export const DEFAULT_BACKFILL_SETTINGS: BackfillSettings = {
  workers: 1,
  batchTargetMs: 100,
  dutyCycle: 0.5,
  failureBudget: 0,
  lockTimeoutMs: 500,
  maxWaitMs: 1_800_000,
  limits: {},
  probeSql: null,
  probeUrl: null,
};

/** A backfill as its books have it. */
export interface BackfillRecord {
  readonly id: number;
  readonly statement: string;
  readonly definition: BackfillDefinition;
  readonly walk: BackfillWalk;
  readonly state: BackfillState;
  readonly settings: BackfillSettings;
  /** 1 for the first walk; more where rows may have moved behind it. */
  readonly pass: number;
  /** The planner's estimate of the rows to change; null when nothing was ever counted. */
  readonly rowsEstimate: number | null;
  readonly rowsDone: number;
  readonly rowsPutAside: number;
  readonly batches: number;
  readonly rangesOpen: number;
  readonly ranges: number;
  /** How much of the walk is done, 0 to 1. */
  readonly fraction: number;
  /** What holds it just now; null when nothing does. */
  readonly heldBy: string | null;
  readonly message: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly verification: BackfillVerification | null;
}

/** How many rows still match, range by range. */
export interface BackfillVerification {
  readonly at: string;
  readonly rangesChecked: number;
  readonly ranges: number;
  readonly rowsLeft: number;
}

/** A row that could not be changed and was put aside. */
export interface PutAsideRow {
  readonly relation: RelationKey;
  readonly key: Readonly<Record<string, string | null>>;
  readonly sqlstate: string;
  readonly message: string;
}

/** A change of state or settings, by whomever, psql included. */
export interface BackfillTransition {
  readonly at: string;
  readonly by: string;
  readonly action: string;
  readonly detail: string;
}

/** What a signal said when it was last asked. */
export interface SignalReading {
  readonly signal: string;
  /** null: it cannot be told. */
  readonly value: number | null;
  readonly limit: number;
  readonly level: 'fine' | 'hold' | 'unknown';
  /** With value and limit in words. */
  readonly sentence: string;
}

/**
 * - `finished`: every row of the walk is done.
 * - `stopped`: not finished, nothing half-done; it can be resumed.
 * - `cancelled`: somebody cancelled it.
 * - `failed`: a person has to mend something before it can go on.
 */
export type BackfillOutcome = 'finished' | 'stopped' | 'cancelled' | 'failed';

/** Everything that happens while a backfill is worked on. */
export type BackfillEvent = { readonly at: string; readonly backfill: number } & BackfillEventDetail;

export type BackfillEventDetail =
  | {
      readonly type: 'backfill:start';
      readonly joined: boolean;
      readonly statement: string;
      readonly table: RelationKey;
      readonly walk: BackfillWalk;
      readonly ranges: number;
      readonly rowsEstimate: number | null;
      readonly notes: readonly string[];
    }
  /** What the first batch tells about the rest. */
  | {
      readonly type: 'backfill:estimate';
      readonly sampleRows: number;
      readonly sampleMs: number;
      /** Other sessions' WAL of the same moment is in it. */
      readonly walBytes: number;
      readonly deadRows: number;
      readonly batches: number;
      readonly durationMs: number;
    }
  | {
      readonly type: 'backfill:progress';
      readonly rowsDone: number;
      readonly rowsEstimate: number | null;
      readonly fraction: number;
      readonly rowsPerSecond: number;
      /** Shortest and longest that the rest may take; null while that cannot be told. */
      readonly etaMs: readonly [number, number] | null;
      readonly workers: number;
      /** What holds it just now; null when nothing does. */
      readonly heldBy: string | null;
    }
  | { readonly type: 'backfill:hold'; readonly by: string; readonly sentence: string }
  | { readonly type: 'backfill:go'; readonly heldMs: number }
  | { readonly type: 'backfill:row-locked'; readonly sentence: string }
  | ({ readonly type: 'backfill:row-put-aside' } & PutAsideRow)
  | { readonly type: 'backfill:pass'; readonly pass: number; readonly why: string }
  | { readonly type: 'backfill:note'; readonly note: string }
  | {
      readonly type: 'backfill:end';
      readonly outcome: BackfillOutcome;
      readonly rowsDone: number;
      readonly rowsPutAside: number;
      readonly summary: string;
      readonly nextCommand: string | null;
    };
