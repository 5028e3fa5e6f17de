export type SignalUnit = 'bytes' | 'ms' | 'count' | 'bytes-a-second';

/** Signals that hold a backfill at a limit, and what the limit counts in. */
export const SIGNAL_UNITS: Readonly<Record<string, SignalUnit>> = {
  'physical-lag': 'bytes',
  'physical-delay': 'ms',
  'slot-lag': 'bytes',
  'old-snapshot': 'ms',
  'dead-rows': 'count',
  'wal-rate': 'bytes-a-second',
  'archive-queue': 'count',
  'forced-checkpoints': 'count',
  'commit-waiters': 'count',
  'active-sessions': 'count',
};
