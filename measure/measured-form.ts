import type { LockMode } from '../src/model/lock-mode.ts';
import type { RelationKey } from '../src/model/relation-name.ts';

export type RelationKind =
  | 'table'
  | 'partitioned-table'
  | 'index'
  | 'partitioned-index'
  | 'view'
  | 'materialized-view'
  | 'sequence'
  | 'other';

export interface MeasuredLock {
  readonly relation: RelationKey;
  readonly relationKind: RelationKind;
  readonly mode: LockMode;
}

/** What a server did when it ran one form. Every list is sorted; names are those from before the statement. */
export interface MeasuredForm {
  readonly id: string;
  readonly schema: string;
  readonly setup: string | null;
  readonly timeZone: string;
  readonly sql: string;
  /** `outside-only` when the server refuses the statement in a transaction (25001). */
  readonly transaction: 'any' | 'outside-only';
  /**
   * The server's refusal. In a transaction it undoes everything, so the lists are empty; outside of one, locks and what
   * is left behind (an invalid index) are recorded.
   */
  readonly error: { readonly sqlstate: string; readonly message: string } | null;
  /** Relations that existed before, with the strongest mode held or asked for; indexes only for `any`. */
  readonly locks: readonly MeasuredLock[];
  /** Tables and materialized views with a new file that holds rows. */
  readonly rewrites: readonly RelationKey[];
  /** Tables and materialized views with a new file that is empty although there were rows. */
  readonly truncated: readonly RelationKey[];
  /** Tables and materialized views that were read in full and not rewritten. */
  readonly scans: readonly RelationKey[];
  /** Indexes with a file of their own: rebuilt while their table kept its file, or new on a table that was there. */
  readonly indexBuilds: readonly RelationKey[];
  readonly sequencesRewritten: readonly RelationKey[];
  readonly newRelations: readonly { readonly relation: RelationKey; readonly relationKind: RelationKind }[];
  readonly dropped: readonly RelationKey[];
}

/** One file of `measured/`. */
export interface MeasuredFile {
  readonly server: 'postgresql';
  readonly major: number;
  /** `16.14` */
  readonly version: string;
  readonly forms: readonly MeasuredForm[];
}
