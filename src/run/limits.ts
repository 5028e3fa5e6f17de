/** How long and how often a run tries. Every number has the safe default; tests and callers may lower them. */
export interface RunLimits {
  /** Another runner holds the lock: how long to wait for it before giving up. */
  readonly waitForRunnerMs: number;
  /** In all, a step waits this long for others to leave (or for its lock) before the run stops resumably. */
  readonly maxLockWaitMs: number;
  /** A conflicting holder older than this is waited for; a younger one is left to the lock timeout. */
  readonly oldHolderMs: number;
  /** Others stand behind a brief strike at most this long at a stretch; a step whose budget is longer has that. */
  readonly maxStallMs: number;
  /** So many sessions may stand behind a brief strike; null: by what the table is asked (`queueLimit`). */
  readonly maxQueued: number | null;
  /** A step that was taken back so often while it held its locks is slow itself. */
  readonly maxSlowStrikes: number;
  /** Between two looks at the holders, drawn at random. */
  readonly observeEveryMs: { readonly min: number; readonly max: number };
  /** How often waiting is reported while the blockers stay the same. */
  readonly reportWaitEveryMs: number;
  /** The longest pause between two strikes. */
  readonly backOffCapMs: number;
  /** How long VALIDATE and its like wait for their lock, which blocks neither reads nor writes meanwhile. */
  readonly scanLockTimeoutMs: number;
  /** How long row work of the user's own waits for a lock. */
  readonly rowsLockTimeoutMs: number;
  /** How long the drop of an invalid index waits for others once its build was given up: it is clearing up, not the work. */
  readonly maxRepairWaitMs: number;
  /** How often a concurrent build is tried anew after a deadlock or a cancel. */
  readonly maxIndexAttempts: number;
  /** How often a backfill walks the table before it says that rows keep coming. */
  readonly maxBackfillPasses: number;
  /** A bad sign of the server is waited out this long before it is told again. */
  readonly calmWaitMs: number;
  /** Which signs of the server a statement that lasts is taken back for; docs/SPEC.md has the reasons. */
  readonly vitals: {
    readonly everyMs: number;
    /** A sign has to be bad, or good again, so often in a row. */
    readonly inRow: number;
    /** A standby is behind by more than this, and by twice what it was before. */
    readonly lagMs: number;
    readonly lagBytes: number;
    /** More deadlocks than this in the last minute. */
    readonly deadlocksPerMinute: number;
    /** The share of rolled back transactions of the last minute is this much higher than it was before. */
    readonly rollbackShareMore: number;
    /** So few transactions say nothing about a share. */
    readonly fewestTransactions: number;
    /** The signs could not be read for this long. */
    readonly unseenMs: number;
  };
  readonly heartbeatEveryMs: number;
  readonly indexProgressEveryMs: number;
  readonly scanProgressEveryMs: number;
}

export const DEFAULT_LIMITS: RunLimits = {
  waitForRunnerMs: 10_000,
  maxLockWaitMs: 30 * 60_000,
  oldHolderMs: 500,
  maxStallMs: 100,
  maxQueued: null,
  maxSlowStrikes: 3,
  observeEveryMs: { min: 100, max: 400 },
  reportWaitEveryMs: 10_000,
  backOffCapMs: 30_000,
  scanLockTimeoutMs: 5_000,
  rowsLockTimeoutMs: 2_000,
  maxRepairWaitMs: 60_000,
  maxIndexAttempts: 5,
  maxBackfillPasses: 20,
  calmWaitMs: 60_000,
  vitals: {
    everyMs: 1_000,
    inRow: 3,
    lagMs: 10_000,
    lagBytes: 256 * 1024 * 1024,
    deadlocksPerMinute: 3,
    rollbackShareMore: 0.2,
    fewestTransactions: 50,
    unseenMs: 15_000,
  },
  heartbeatEveryMs: 5_000,
  indexProgressEveryMs: 2_000,
  scanProgressEveryMs: 5_000,
};
