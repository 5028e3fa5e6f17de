/** How many sessions may wait behind a strike, where the user has decided it. */
export interface QueueDecision {
  readonly maxQueued: number;
  /** Why; told at the beginning of each run. */
  readonly reason: string;
}
