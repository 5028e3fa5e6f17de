/** What a database was like for a while, as far as this role may see it. */
export interface Weather {
  /** null: not counted over this time. */
  readonly deadlocks: number | null;
  /** Of all transactions, 0 to 1; null when there were too few to say. */
  readonly rollbackShare: number | null;
  /** Sessions that waited for a lock. */
  readonly waitingForLocks: number;
  /** The longest that a query had run; null when none was seen. */
  readonly slowestQueryMs: number | null;
  /** Of the standby that is furthest behind. */
  readonly lagMs: number | null;
  readonly lagBytes: number | null;
  /** Dead rows in the tables that the run has touched. */
  readonly deadRows: number;
}

/** The time after a run beside the time before. */
export interface Aftermath {
  readonly watchedMs: number;
  readonly before: Weather;
  readonly deadlocksDuring: number;
  readonly after: Weather;
  /** Whole sentences; none: nothing is worse than before. */
  readonly concerns: readonly string[];
  /** SQL that takes the run back without losing anything, in order; null when there is no such way. */
  readonly undo: readonly string[] | null;
}
