import { expect, test } from 'vitest';
import { backOffMs } from '../../src/run/back-off.ts';
import { classifyFailure, failureHint } from '../../src/run/failure.ts';
import { failure } from './machine-samples.ts';

test.each([
  ['55P03', 'lock'],
  ['40P01', 'lock'],
  ['40001', 'lock'],
  ['57014', 'timeout'],
  ['25006', 'read-only'],
  ['EK001', 'fenced'],
  ['53100', 'resources'],
  ['53300', 'resources'],
  ['23505', 'fault'],
  ['XX000', 'fault'],
  [null, 'fault'],
])('%s is a matter of %s', (sqlstate, kind) => {
  expect(classifyFailure(failure(sqlstate))).toBe(kind);
});

test('a cancel of our own is told from one of somebody else', () => {
  expect(classifyFailure(failure('57014', { cancelledBy: 'stop' }))).toBe('stop');
  expect(classifyFailure(failure('57014', { cancelledBy: 'supervisor' }))).toBe('supervisor');
});

test.each(['23505', '23514', '42501', '42P01', '22001', '0A000', null])(
  '%s has a hint that says what to do',
  (sqlstate) => {
    expect(failureHint(sqlstate)).toMatch(/(then run|then plan|again)/);
  },
);

test('back-off: five budgets at least, doubling, full jitter, capped', () => {
  expect(backOffMs(1, 100, 30_000, 0)).toBe(500);
  expect(backOffMs(1, 100, 30_000, 0.999)).toBeCloseTo(1_000, -1);
  expect(backOffMs(3, 100, 30_000, 0.999)).toBeGreaterThan(3_000);
  expect(backOffMs(60, 100, 30_000, 0.999)).toBeLessThanOrEqual(30_000);
  expect(backOffMs(60, 100, 30_000, 0)).toBe(500);
  expect(backOffMs(1, 20_000, 30_000, 0.5)).toBe(30_000);
});
