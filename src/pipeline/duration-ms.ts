const UNITS_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * A duration as PostgreSQL reads it in a setting of milliseconds; null when it is none.
 *
 * @example durationMs('2s') // 2000
 */
export function durationMs(value: string): number | null {
  const [, number, unit = 'ms'] = /^\s*'?\s*(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*'?\s*$/.exec(value) ?? [];
  const factor = UNITS_MS[unit];
  return number === undefined || factor === undefined ? null : Math.round(Number(number) * factor);
}
