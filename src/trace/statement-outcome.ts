import type { LockMode } from '../model/lock-mode.ts';
import type { RelationKey } from '../model/relation-name.ts';

export type RelationKind =
  | 'table'
  | 'partitioned-table'
  | 'index'
  | 'partitioned-index'
  | 'view'
  | 'materialized-view'
  | 'sequence'
  | 'other';

export interface ObservedLock {
  readonly relation: RelationKey;
  readonly relationKind: RelationKind;
  readonly mode: LockMode;
}

/** The server's refusal of a statement. */
export interface StatementError {
  readonly sqlstate: string;
  readonly message: string;
}

/** What a server did with one statement, as far as derived facts speak of it. Lists are sorted. */
export interface StatementOutcome {
  /** `outside-only` when the server refuses the statement in a transaction (25001). */
  readonly transaction: 'any' | 'outside-only';
  readonly error: StatementError | null;
  /** Relations that existed before, with the strongest mode held or asked for. */
  readonly locks: readonly ObservedLock[];
  /** Tables and materialized views with a new file that holds rows. */
  readonly rewrites: readonly RelationKey[];
  /** Tables and materialized views that were read in full and not rewritten. */
  readonly scans: readonly RelationKey[];
  /** Indexes with a file of their own: rebuilt while their table kept its file, or new on a table that was there. */
  readonly indexBuilds: readonly RelationKey[];
}

/** SQLSTATE of a statement that no transaction may hold. */
export const NEEDS_NO_TRANSACTION = '25001';
