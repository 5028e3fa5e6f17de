/** From where on something is worth a word. Tests and callers may set them otherwise. */
export interface DoctorLimits {
  /** A transaction that is open for longer is named. */
  readonly longTransactionMs: number;
  /** A session that idles in its transaction for longer is named. */
  readonly idleInTransactionMs: number;
  /** How far back somebody may hold the horizon of vacuum, in transactions. */
  readonly oldXminXids: number;
  readonly wraparoundWarnXids: number;
  readonly wraparoundFailXids: number;
  /** WAL that a standby or a subscriber has not yet. */
  readonly lagBytes: number;
  readonly lagMs: number;
  /** WAL that is kept for a slot that nobody reads. */
  readonly retainedFailBytes: number;
}

const MEGABYTE = 1024 * 1024;

export const DEFAULT_DOCTOR_LIMITS: DoctorLimits = {
  longTransactionMs: 60_000,
  idleInTransactionMs: 10_000,
  oldXminXids: 1_000_000,
  wraparoundWarnXids: 500_000_000,
  wraparoundFailXids: 1_500_000_000,
  lagBytes: 64 * MEGABYTE,
  lagMs: 10_000,
  retainedFailBytes: 1024 * MEGABYTE,
};
