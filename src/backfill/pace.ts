/**
 * A batch should take about this long. Whoever writes one of its rows waits for it to commit: at 250 ms requests of an
 * application stalled for 366 ms on a busy table of a million rows (`npm run bench:key-type`). Long enough to be worth
 * its commit.
 */
const TARGET_MS = 100;
const GROW_AT_MOST = 1.2;
const SHRINK_AT_MOST = 0.5;
const SIZE_MAX = 50_000;

/**
 * The size of the next batch (rows or blocks), from how long this one took: fast down, slowly up.
 *
 * @example nextBatchSize(1000, 1000) // 500: it took ten times too long
 * @example nextBatchSize(1000, 50) // 1200
 */
export function nextBatchSize(size: number, elapsedMs: number, targetMs: number = TARGET_MS): number {
  const wanted = targetMs / Math.max(1, elapsedMs);
  const factor = Math.min(GROW_AT_MOST, Math.max(SHRINK_AT_MOST, wanted));
  const next = size * factor;
  // Rounding must not freeze a size of one.
  return Math.max(1, Math.min(SIZE_MAX, factor > 1 ? Math.ceil(next) : Math.floor(next)));
}

/** Half the time is the application's. */
const DUTY_CYCLE = 0.5;

/**
 * How long to leave the table alone after a batch, ms, give or take a fifth. A batch that changed nothing cost nobody
 * anything.
 *
 * @param dutyCycle the part of the time in which we work.
 * @example pauseMs(100, 80, 0.5) // 80: as long as the batch took
 */
export function pauseMs(changed: number, elapsedMs: number, random: number, dutyCycle: number = DUTY_CYCLE): number {
  return changed === 0 ? 0 : Math.round(elapsedMs * (1 / dutyCycle - 1) * (0.8 + 0.4 * random));
}
