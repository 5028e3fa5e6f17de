/**
 * How far a walk over a table got. It is JSON, stored in the ledger by the very transaction that changed the rows, so
 * a killed run goes on exactly behind the last committed batch.
 */
export type PassCursor = KeyCursor | BlockCursor;

/** Along a unique key. Keys are the server's text of the key columns. */
export interface KeyCursor {
  readonly kind: 'keys';
  readonly pass: number;
  /** The last key that was done; null before the first batch. */
  readonly after: readonly string[] | null;
  /** The greatest key when the pass began: what comes later is the sync trigger's work, or the next pass's. */
  readonly until: readonly string[];
}

/** Along the physical blocks. Void once the table's file is written anew (VACUUM FULL, CLUSTER, a rewrite). */
export interface BlockCursor {
  readonly kind: 'blocks';
  readonly pass: number;
  /** The next block to do, and the first that is beyond the pass. */
  readonly next: number;
  readonly end: number;
  /** pg_class.relfilenode when the pass began. */
  readonly file: number;
}
