import { groupedNumber } from '../model/grouped-number.ts';

/**
 * A duration in ms as people say it.
 *
 * @example durationText(100) // '100 ms'
 * @example durationText(200_000) // '3 min 20 s'
 */
export function durationText(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 60_000) return `${Number((durationMs / 1000).toFixed(1))} s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 3600) return joined([Math.floor(seconds / 60), 'min'], [seconds % 60, 's']);
  return joined([Math.floor(seconds / 3600), 'h'], [Math.floor((seconds % 3600) / 60), 'min']);
}

function joined(...parts: readonly (readonly [number, string])[]): string {
  return parts
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}

/**
 * A number with its noun, in the plural where it must be.
 *
 * @example countText(1, 'file') // '1 file'
 * @example countText(40_000, 'row') // '40,000 rows'
 */
export function countText(count: number, noun: string, nouns: string = `${noun}s`): string {
  return `${groupedNumber(count)} ${count === 1 ? noun : nouns}`;
}
