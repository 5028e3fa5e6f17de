import type { RunOutcome } from './run-event.ts';

/** What `resolve` found and did, step by step in the order of the plan, up to the first that it could not mark. */
export interface ResolveReport {
  readonly kind: 'resolve';
  readonly version: 1;
  /** Host, port and database name; never a password. */
  readonly database: string;
  readonly migration: string;
  readonly steps: readonly ResolvedStep[];
  /** Whether every step of the migration is done now, and the migration marked applied. */
  readonly applied: boolean;
  readonly nextCommand: string | null;
}

/**
 * - `marked`: its effect is there, and the ledger says so now.
 * - `forced`: marked without that; the ledger keeps who, when, why, and what the server said.
 * - `refused`: its effect is not there, or nobody can tell.
 * - `gate`: nothing to look at; somebody has to say that the deployment is done.
 */
export interface ResolvedStep {
  readonly step: string;
  readonly outcome: 'marked' | 'forced' | 'refused' | 'gate';
  /** What the server said, in one sentence. */
  readonly said: string;
}

/** What `abandon` found and did. */
export interface AbandonReport {
  readonly kind: 'abandon';
  readonly version: 1;
  /** Host, port and database name; never a password. */
  readonly database: string;
  readonly migration: string;
  readonly path: string;
  /** Steps that were done, the last one first: the order in which they would be taken back. */
  readonly done: readonly DoneStep[];
  /** What was ours alone, in whole sentences, and is cleared away (or was to be). */
  readonly cleared: readonly string[];
  /** Whether it is given up now; else `outcome` says how the clearing ended. */
  readonly isAbandoned: boolean;
  readonly outcome: RunOutcome;
  readonly nextCommand: string | null;
}

export interface DoneStep {
  readonly step: string;
  readonly state: 'done' | 'passed' | 'begun';
  readonly why: string;
  /** SQL that takes it back without losing anything, as the plan says; null where there is no such way. */
  readonly undo: readonly string[] | null;
}
