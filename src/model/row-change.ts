import type { Expression } from './expression.ts';
import type { RelationReference } from './relation-name.ts';

/** A statement that changes rows of one table, each by itself: what a backfill is cut from. */
export interface RowChange {
  readonly verb: 'update' | 'delete';
  readonly table: RelationReference;
  /** What the statement calls the table; null where it has its own name. */
  readonly alias: string | null;
  /** What stands behind SET, as it was written; null for a DELETE. */
  readonly assignments: string | null;
  readonly sets: readonly { readonly column: string; readonly value: Expression }[];
  readonly condition: Expression | null;
  /** Tables that its sub-selects read. */
  readonly reads: readonly RelationReference[];
}

/** Why a statement is no such change; `reason` is a whole sentence. */
export interface NoRowChange {
  readonly reason: string;
  readonly remedy: string;
}
