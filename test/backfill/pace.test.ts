import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextBatchSize, pauseMs } from '../../src/backfill/pace.ts';

test('a batch size shrinks fast, grows slowly, and stays within its bounds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50_000 }), fc.integer({ min: 0, max: 100_000 }), (size, elapsedMs) => {
      const next = nextBatchSize(size, elapsedMs);
      expect(next).toBeGreaterThanOrEqual(1);
      expect(next).toBeLessThanOrEqual(Math.min(50_000, Math.ceil(size * 1.2)));
      expect(next).toBeGreaterThanOrEqual(Math.floor(size * 0.5));
      if (elapsedMs > 100) expect(next).toBeLessThanOrEqual(size);
    }),
  );
});

test('a size of one grows again when batches are quick', () => {
  let size = 1;
  for (let batch = 0; batch < 40; batch += 1) size = nextBatchSize(size, 5);
  expect(size).toBeGreaterThan(500);
});

test('the table is left alone about as long as a batch took, and not at all after one that changed nothing', () => {
  expect(pauseMs(10, 100, 0)).toBe(80);
  expect(pauseMs(10, 100, 0.999)).toBe(120);
  expect(pauseMs(0, 100, 0.5)).toBe(0);
});
