/**
 * Compares two names as people count: runs of digits by their value, everything else by code unit, so that `2_b.sql`
 * comes before `10_a.sql` and `0002` before `0010`. Answers a negative number, 0 or a positive number.
 *
 * @example ['10.sql', '9.sql'].sort(compareNaturally) // ['9.sql', '10.sql']
 */
export function compareNaturally(a: string, b: string): number {
  const left = a.split(/(\d+)/);
  const right = b.split(/(\d+)/);
  for (const [index, part] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    // Odd positions hold what the pattern captured: the digits.
    const difference = index % 2 === 1 ? compare(BigInt(part), BigInt(other)) : compare(part, other);
    if (difference !== 0) return difference;
  }
  return left.length - right.length || compare(a, b);
}

function compare<Value extends bigint | string>(a: Value, b: Value): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
