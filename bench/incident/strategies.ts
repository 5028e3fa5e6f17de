import { evenkeelStrategy } from './evenkeel-strategy.ts';
import type { Strategy } from './strategy.ts';
import { transactionStrategy } from './transaction-strategy.ts';

/** Each file in one transaction, no timeouts. */
export const naiveStrategy: Strategy = transactionStrategy('naive', 'any migration tool', {
  lockTimeoutMs: null,
  pauseMs: null,
});

/** Full jitter: anything between nothing and twice as much as last time, at most 10 s. */
function fullJitterMs(attempt: number): number {
  return Math.random() * Math.min(10_000, 500 * 2 ** attempt);
}

/** Everything that the benchmark compares; the baseline, which changes nothing, is not one of them. */
export const STRATEGIES: readonly Strategy[] = [
  naiveStrategy,
  transactionStrategy('timeout-once', 'lock_timeout 5 s, once', { lockTimeoutMs: 5000, pauseMs: null }),
  transactionStrategy('timeout-retry', 'lock_timeout 2 s, again after 1 s', {
    lockTimeoutMs: 2000,
    pauseMs: () => 1000,
  }),
  transactionStrategy('timeout-backoff', 'lock_timeout 100 ms, back-off with jitter', {
    lockTimeoutMs: 100,
    pauseMs: fullJitterMs,
  }),
  evenkeelStrategy,
];
