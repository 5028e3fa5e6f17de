import { groupedNumber } from '../model/grouped-number.ts';

/**
 * An expected time, as roughly as it is known.
 *
 * @example aboutTime(252_000) // 'about 4 minutes'
 * @example aboutTime(40) // 'less than a second'
 */
export function aboutTime(durationMs: number): string {
  const seconds = durationMs / 1000;
  if (seconds < 1) return 'less than a second';
  if (seconds < 90) return `about ${counted(Math.round(seconds), 'second')}`;
  const minutes = seconds / 60;
  if (minutes < 90) return `about ${counted(Math.round(minutes), 'minute')}`;
  return `about ${counted(Math.round(minutes / 60), 'hour')}`;
}

/** Two digits and no more. @example aboutCount(12_345) // '12,000' */
export function aboutCount(count: number): string {
  return groupedNumber(Number(count.toPrecision(2)));
}

/** @example rowsText(82_000_000) // '82 M rows' */
export function rowsText(rows: number): string {
  if (rows < 1_000_000) return counted(rows, 'row');
  if (rows < 1_000_000_000) return `${Number((rows / 1_000_000).toPrecision(2))} M rows`;
  return `${Number((rows / 1_000_000_000).toPrecision(2))} bn rows`;
}

/** Units of 1024, as PostgreSQL counts. @example bytesText(33_285_996_544) // '31 GB' */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ${units[unit] ?? ''}`;
}

function counted(count: number, noun: string): string {
  return `${groupedNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}
