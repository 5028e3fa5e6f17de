const UNITS_MS = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 } as const;

/**
 * How long `500ms`, `30s`, `5min` or `2h` is, ms; null for anything else.
 *
 * @example durationOf('5min') // 300000
 */
export function durationOf(text: string): number | null {
  const [, amount = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|min|h)$/.exec(text.trim()) ?? [];
  if (amount === '') return null;
  return Math.round(Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS]);
}
