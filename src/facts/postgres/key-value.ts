/** Values of a partition key can be put in order here only where the server's order is beyond doubt. */
export type KeyOrder = 'number' | 'time' | 'equality';

const NUMBERS = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']);
const TIMES = new Set(['date', 'timestamp', 'timestamptz']);

/** How values of a built-in type compare. Text sorts by its collation, so only equal or not is certain. */
export function keyOrderOf(type: string | undefined): KeyOrder {
  if (type !== undefined && NUMBERS.has(type)) return 'number';
  return type !== undefined && TIMES.has(type) ? 'time' : 'equality';
}

/** A literal without its quotes and casts; null for anything that is no literal. */
export function literalOf(sql: string): string | null {
  const bare = sql
    .trim()
    .replace(/^CAST\((.+) AS [a-z ]+(\(\d+\))?\)$/i, '$1')
    .replace(/::[a-z_ ]+(\(\d+\))?$/i, '')
    .replace(/^(?:date|timestamptz?)\s+(?=')/i, '')
    .trim();
  if (/^-?\d+(\.\d+)?$/.test(bare)) return bare;
  const quoted = /^'((?:[^']|'')*)'$/.exec(bare);
  return quoted === null ? null : (quoted[1] ?? '').replaceAll("''", "'");
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?$/;

/** Negative, 0 or positive as for sort(); null when the order is not certain. */
export function compareKeys(a: string, b: string, order: KeyOrder): number | null {
  if (order === 'number') {
    const [left, right] = [Number(a), Number(b)];
    return Number.isNaN(left) || Number.isNaN(right) ? null : left - right;
  }
  if (a === b) return 0;
  if (order !== 'time' || !ISO_TIME.test(a) || !ISO_TIME.test(b)) return null;
  const [left, right] = [atSecond(a), atSecond(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function atSecond(time: string): string {
  return `${time.replace('T', ' ')} 00:00:00`.slice(0, 19).padEnd(19, ':00');
}
