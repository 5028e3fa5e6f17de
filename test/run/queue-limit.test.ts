import { expect, test } from 'vitest';
import { overdraftOf } from '../../src/guard/supervise.ts';
import { NOTHING_LEARNED, withLook } from '../../src/run/guard-memory.ts';
import { briefBudgetMs } from '../../src/run/knocks.ts';
import { queueLimit } from '../../src/run/queue-limit.ts';
import { scansPerSecond } from '../../src/run/sample-traffic.ts';
import { transactionStep } from './plan-fixture.ts';

test('a tenth of what the traffic brings in the budget may queue, at least a few', () => {
  expect(queueLimit(null, NOTHING_LEARNED, 100)).toBe(5);
  expect(queueLimit(null, { ...NOTHING_LEARNED, scansPerSecond: 100 }, 100)).toBe(5);
  expect(queueLimit(null, { ...NOTHING_LEARNED, scansPerSecond: 4_000 }, 100)).toBe(40);
});

test('it doubles with each strike that was taken back for it, but a number of the user’s own never grows', () => {
  expect(queueLimit(null, { ...NOTHING_LEARNED, queueCancels: 2 }, 100)).toBe(20);
  expect(queueLimit(2, { ...NOTHING_LEARNED, scansPerSecond: 4_000, queueCancels: 2 }, 100)).toBe(2);
});

test('a rate takes a second, and counters that only grow', () => {
  expect(scansPerSecond({ scans: 10, at: 0 }, { scans: 20, at: 999 })).toBeNull();
  expect(scansPerSecond({ scans: 10, at: 0 }, { scans: 20, at: 2_000 })).toBe(5);
  expect(scansPerSecond({ scans: 10, at: 0 }, { scans: 3, at: 2_000 })).toBeNull();
});

const queue = { waiters: 3, heldUpMs: 50, weWait: true };

test('a queue overdraws by its length or by its time', () => {
  expect(overdraftOf(queue, { maxQueued: 3, maxStallMs: 50 })).toBeNull();
  expect(overdraftOf(queue, { maxQueued: 2, maxStallMs: 50 })).toMatchObject({ budget: 'queue', limit: 2 });
  expect(overdraftOf(queue, { maxQueued: null, maxStallMs: 49 })).toMatchObject({ budget: 'stall', limit: 49 });
  expect(overdraftOf({ ...queue, waiters: 0 }, { maxQueued: 0, maxStallMs: 0 })).toBeNull();
});

const step = transactionStep('add', 'ALTER TABLE orders ADD COLUMN a int', { lockTimeoutMs: 100 });
const budgets = (agesMs: readonly number[]): number[] =>
  [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => briefBudgetMs(step, attempt, agesMs));

test('behind the knocks the budget is what the transactions seen need to end, doubled when it was lost', () => {
  expect(budgets([])).toEqual([1, 2, 5, 20, 100, 100, 100, 100]);
  expect(budgets([1, 2, 5])).toEqual([1, 2, 5, 20, 20, 40, 80, 100]);
  expect(budgets([12])).toEqual([1, 2, 5, 20, 36, 72, 100, 100]);
  expect(budgets([400, 2])).toEqual([1, 2, 5, 20, 100, 100, 100, 100]);
  expect(briefBudgetMs({ ...step, lockTimeoutMs: 10 }, 9, [1])).toBe(10);
});

test('one straggler among many does not stretch the budget', () => {
  expect(briefBudgetMs(step, 5, [...Array<number>(39).fill(4), 90])).toBe(20);
});

test('the latest ages are kept, and a rate until there is a newer one', () => {
  let guard = withLook(NOTHING_LEARNED, { agesMs: [9], scansPerSecond: 50 });
  for (let look = 0; look < 64; look += 1) guard = withLook(guard, { agesMs: [1], scansPerSecond: null });
  expect(guard).toEqual({ ...NOTHING_LEARNED, agesMs: Array<number>(64).fill(1), scansPerSecond: 50 });
});
