import type { SignalReading } from '../model/backfill.ts';

/** What a signal has last decided. */
export interface SignalState {
  readonly isHolding: boolean;
  readonly sinceMs: number;
}

/** A signal that held lets go well below its limit, or it would hold again at once. */
const RESUME_AT = 0.6;
/** And not before this time. */
const DWELL_MS = 2_000;

/**
 * Whether a signal holds the backfill now. What cannot be told holds: a backfill that does not see what it does goes
 * on at the cost of others.
 *
 * @example nextSignalState(null, { ...reading, level: 'hold' }, 0) // { isHolding: true, sinceMs: 0 }
 */
export function nextSignalState(before: SignalState | null, reading: SignalReading, nowMs: number): SignalState {
  const { level, value, limit } = reading;
  if (level !== 'fine') return { isHolding: true, sinceMs: before?.isHolding === true ? before.sinceMs : nowMs };
  if (before === null || !before.isHolding) return before ?? { isHolding: false, sinceMs: nowMs };
  // Without a limit of its own (a probe) there is no 'well below'.
  const isLow = value === null || limit === 0 || value <= limit * RESUME_AT;
  const mayGo = isLow && nowMs - before.sinceMs >= DWELL_MS;
  return mayGo ? { isHolding: false, sinceMs: nowMs } : before;
}
