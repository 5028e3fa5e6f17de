/**
 * A whole number with its thousands apart. `toLocaleString` does the same, and loads the tables of all languages first,
 * which a check of one file need not wait for.
 *
 * @example groupedNumber(82_000_000) // '82,000,000'
 */
export function groupedNumber(count: number): string {
  const digits = String(Math.round(count));
  return /^-?\d+$/.test(digits) ? digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ',') : digits;
}
