/** How long and how often a run tries. Every number has the safe default; tests and callers may lower them. */
export interface RunLimits {
  /** Another runner holds the lock: how long to wait for it before giving up. */
  readonly waitForRunnerMs: number;
  /** In all, a step waits this long for others to leave (or for its lock) before the run stops resumably. */
  readonly maxLockWaitMs: number;
  /** A conflicting holder older than this is waited for; a younger one is left to the lock timeout. */
  readonly oldHolderMs: number;
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
  readonly heartbeatEveryMs: number;
  readonly indexProgressEveryMs: number;
  readonly scanProgressEveryMs: number;
}

export const DEFAULT_LIMITS: RunLimits = {
  waitForRunnerMs: 10_000,
  maxLockWaitMs: 30 * 60_000,
  oldHolderMs: 500,
  observeEveryMs: { min: 100, max: 400 },
  reportWaitEveryMs: 10_000,
  backOffCapMs: 30_000,
  scanLockTimeoutMs: 5_000,
  rowsLockTimeoutMs: 2_000,
  maxRepairWaitMs: 60_000,
  maxIndexAttempts: 5,
  maxBackfillPasses: 20,
  heartbeatEveryMs: 5_000,
  indexProgressEveryMs: 2_000,
  scanProgressEveryMs: 5_000,
};
