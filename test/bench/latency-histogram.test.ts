import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatencyHistogram } from '../../bench/load/latency-histogram.ts';

function histogramOf(latenciesMs: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const ms of latenciesMs) histogram.record(ms);
  return histogram;
}

test('an empty histogram answers 0 for everything', () => {
  const histogram = new LatencyHistogram();
  expect([histogram.total, histogram.maxMs, histogram.percentileMs(0.5)]).toEqual([0, 0, 0]);
});

test('the maximum is exact, also above the bucket that it lies in', () => {
  expect(histogramOf([35_060.123, 1]).maxMs).toBe(35_060.123);
  expect(histogramOf([35_060.123, 1]).percentileMs(1)).toBe(35_060.123);
});

test('one slow request in a hundred is not yet the p99, two are', () => {
  const fast = Array.from({ length: 98 }, () => 0.1);
  expect(histogramOf([...fast, 0.1, 2000]).percentileMs(0.99)).toBe(0.1);
  expect(histogramOf([...fast, 2000, 2000]).percentileMs(0.99)).toBe(2000);
});

test('no percentile is below the true one, and none is more than 1/64 above it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 300 }),
      fc.constantFrom(0.001, 0.5, 0.99, 0.999, 1),
      (latenciesUs, share) => {
        const sorted = [...latenciesUs].sort((a, b) => a - b);
        const trueUs = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
        const answeredUs = histogramOf(latenciesUs.map((us) => us / 1000)).percentileMs(share) * 1000;
        expect(answeredUs).toBeGreaterThanOrEqual(trueUs - 0.001);
        expect(answeredUs).toBeLessThanOrEqual(trueUs * (1 + 1 / 64) + 0.001);
      },
    ),
  );
});
