import type { Action } from './action.ts';
import type { StatementFacts } from './facts.ts';
import type { LockMode } from './lock-mode.ts';
import type { RelationKey } from './relation-name.ts';

/**
 * What a migration's own tool runs in one transaction: nothing but the statement, the file, or all files that are
 * pending.
 */
export type TransactionScope = 'statement' | 'file' | 'run';

/** The transaction that a statement runs in, as it stands just before it. */
export interface TransactionUnit {
  /** Who opened it: the file itself, or the tool that owns the file; null when the statement runs alone. */
  readonly openedBy: 'file' | 'tool' | null;
  /** Set when the server opened it for a message with several statements: a BEGIN makes it the file's own. */
  readonly isImplicit?: true;
  /** What ran in it already, the first first; of earlier files too, where the tool runs several in one. */
  readonly earlier: readonly UnitStatement[];
  /** Those of them that made or changed an enum. */
  readonly enums: readonly UnitStatement[];
  /** The strongest lock that it holds, by relation. */
  readonly held: ReadonlyMap<RelationKey, HeldLock>;
}

export interface UnitStatement {
  readonly action: Action;
  readonly facts: StatementFacts;
  readonly path: string;
  readonly line: number;
  /** Timeouts that it found. */
  readonly session: SessionSettings;
}

/** What ran before a statement, in whichever transaction. */
export interface RunHistory {
  /** What the tool of the file runs in one transaction. */
  readonly scope: TransactionScope;
  /** The statements of the file so far, SET, BEGIN and COMMIT among them. */
  readonly file: readonly UnitStatement[];
  /** Those of all files that are pending together, this one included. */
  readonly run: readonly UnitStatement[];
  /** The transactions among them that are over, the first first; a statement that ran alone is none. */
  readonly units: readonly (readonly UnitStatement[])[];
}

export interface HeldLock {
  readonly mode: LockMode;
  /** The statement that took it. */
  readonly by: UnitStatement;
}

/** Timeouts in force for a statement, judged by effect; null where the migration says nothing. 0 is none, for ever. */
export interface SessionSettings {
  readonly lockTimeoutMs: number | null;
  /** Set when a lock_timeout was in force, and RESET took it away. */
  readonly isLockTimeoutReset?: true;
  readonly statementTimeoutMs: number | null;
}
