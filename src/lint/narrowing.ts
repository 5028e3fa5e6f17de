import type { Catalog } from '../model/catalog.ts';
import type { DataType } from '../model/data-type.ts';
import { baseTypeOf } from './base-type.ts';
import type { TypeChange } from './type-change.ts';

const WHOLE = ['int2', 'int4', 'int8'];
const TIMES = new Set(['timestamp', 'timestamptz', 'time', 'timetz', 'interval']);
const CUT = 'Values that do not fit are cut or rounded without a word, and what is cut off is gone.';

/**
 * What a change of type does to values that the new type does not hold, in one sentence; null when it holds them all, or
 * nobody can tell.
 */
export function narrowing(catalog: Catalog, { column, command }: TypeChange): string | null {
  const { using } = command;
  // A function may do anything; a cast or a little arithmetic leaves values that may not fit.
  if (using !== null && using.functions.length > 0) return null;
  const [from, to] = [baseTypeOf(catalog, column.type), baseTypeOf(catalog, command.type)];
  if (from.schema !== null || to.schema !== null || from.arrayDimensions + to.arrayDimensions > 0) return null;
  return numberLoss(from, to) ?? stringLoss(from, to, using !== null) ?? timeLoss(from, to);
}

const fails = (sqlstate: string): string =>
  `It fails with ${sqlstate} on the first row whose value does not fit, after it has locked everybody out that far.`;

function numberLoss(from: DataType, to: DataType): string | null {
  const [before, after] = [WHOLE.indexOf(from.name), WHOLE.indexOf(to.name)];
  if (before >= 0 && after >= 0) return after < before ? fails('22003') : null;
  const hasFraction = ['numeric', 'float4', 'float8'].includes(from.name);
  if (hasFraction && after >= 0) {
    const isWhole = from.name === 'numeric' && from.modifiers.length > 0 && (from.modifiers[1] ?? 0) <= 0;
    return isWhole ? null : 'Fractions are rounded away without a word, and values that are too big fail with 22003.';
  }
  if (from.name === 'float8' && to.name === 'float4') return CUT;
  return from.name === 'numeric' && to.name === 'numeric' ? numericLoss(from, to) : null;
}

function numericLoss(from: DataType, to: DataType): string | null {
  const [precision, scale = 0] = from.modifiers;
  const [newPrecision, newScale = 0] = to.modifiers;
  if (newPrecision === undefined) return null;
  const losesDigits = precision === undefined || scale > newScale;
  if (losesDigits) return 'Digits behind the point are rounded away without a word; too big values fail with 22003.';
  return precision - scale > newPrecision - newScale ? fails('22003') : null;
}

function stringLoss(from: DataType, to: DataType, isCast: boolean): string | null {
  const isString = [from, to].every(({ name }) => ['text', 'varchar', 'bpchar'].includes(name));
  const after = to.modifiers[0];
  if (!isString || after === undefined) return null;
  const before = from.modifiers[0];
  if (before !== undefined && before <= after) return null;
  return isCast ? 'A cast in USING cuts values off that are too long, and what is cut off is gone.' : fails('22001');
}

function timeLoss(from: DataType, to: DataType): string | null {
  if (!TIMES.has(from.name)) return null;
  if (from.name.startsWith('timestamp') && to.name === 'date') return 'The time of day is gone from every row.';
  if (from.name.startsWith('timestamp') && to.name === 'time') return 'The day is gone from every row.';
  if (from.name !== to.name && !(from.name.startsWith('timestamp') && to.name.startsWith('timestamp'))) return null;
  const after = to.modifiers[0];
  return after !== undefined && after < (from.modifiers[0] ?? 6) ? CUT : null;
}
