import type { Bound } from '../../model/partition-bound.ts';
import { compareKeys, type KeyOrder, literalOf } from './key-value.ts';

/** Whether two bounds of one table overlap for certain. */
export function boundsOverlap(a: Bound, b: Bound, order: KeyOrder): boolean {
  if (a.kind === 'default' || b.kind === 'default') return a.kind === b.kind;
  if (a.kind === 'range' && b.kind === 'range') {
    return comesBefore(a.from, b.to, order) && comesBefore(b.from, a.to, order);
  }
  if (a.kind === 'list' && b.kind === 'list') {
    return a.values.some((left) => b.values.some((right) => isSameValue(left, right, order)));
  }
  if (a.kind !== 'hash' || b.kind !== 'hash') return false;
  const divisor = greatestDivisor(a.modulus, b.modulus);
  return a.remainder % divisor === b.remainder % divisor;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

function isSameValue(left: string, right: string, order: KeyOrder): boolean {
  const [a, b] = [literalOf(left), literalOf(right)];
  if (a === null || b === null) return left.toUpperCase() === 'NULL' && right.toUpperCase() === 'NULL';
  return compareKeys(a, b, order) === 0;
}

/** Whether one end of a range lies before another; only the first column is looked at, and only when it decides. */
function comesBefore(low: readonly string[], high: readonly string[], order: KeyOrder): boolean {
  const [left = '', right = ''] = [low[0], high[0]];
  if (/^MINVALUE$/i.test(left) || /^MAXVALUE$/i.test(right)) return !/^MINVALUE$/i.test(right);
  const [a, b] = [literalOf(left), literalOf(right)];
  if (a === null || b === null) return false;
  return (compareKeys(a, b, order) ?? 0) < 0;
}
