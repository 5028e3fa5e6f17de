/** What the lock guard has learned of the tables of the step under way. */
export interface GuardMemory {
  /** Ages of transactions that held a conflicting lock when we looked, the latest last, ms. */
  readonly agesMs: readonly number[];
  /** What the tables are asked a second; null while it is not known. */
  readonly scansPerSecond: number | null;
  /** Strikes that were taken back because too many stood behind them. */
  readonly queueCancels: number;
  /** Strikes that were taken back while they held their locks. */
  readonly slowStrikes: number;
}

export const NOTHING_LEARNED: GuardMemory = { agesMs: [], scansPerSecond: null, queueCancels: 0, slowStrikes: 0 };

/** Old looks say little about now. */
const KEPT_AGES = 64;

/** A look without anybody old: what it saw of the young ones. */
export function withLook(
  guard: GuardMemory,
  seen: { readonly agesMs: readonly number[]; readonly scansPerSecond: number | null },
): GuardMemory {
  const agesMs = [...guard.agesMs, ...seen.agesMs].slice(-KEPT_AGES);
  return { ...guard, agesMs, scansPerSecond: seen.scansPerSecond ?? guard.scansPerSecond };
}
