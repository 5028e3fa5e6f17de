import type { AlterCommandOf } from '../../model/alter-command.ts';
import type { DataType } from '../../model/data-type.ts';
import type { Expression } from '../../model/expression.ts';
import { baseTypeOf, isConstrainedDomain, isSameType } from './base-type.ts';
import { withoutBrackets, writtenCastType } from './expression-type.ts';
import type { FactsContext } from './facts-context.ts';

/**
 * What ALTER COLUMN TYPE does to the rows (measured on 13 to 18):
 * - `free`: the stored values are good as they are.
 * - `rewrite`: every row is converted and written anew, with all indexes.
 * - `unknown`: the answer hangs on something that the schema and the session given do not tell.
 */
export type TypeChangeCost =
  | { readonly kind: 'free'; readonly sameIndexOrder: boolean }
  | { readonly kind: 'rewrite' }
  | { readonly kind: 'unknown'; readonly reason: string };

type SetType = AlterCommandOf<'set-type'>;

const FREE: TypeChangeCost = { kind: 'free', sameIndexOrder: true };
const FREE_BUT_INDEXES: TypeChangeCost = { kind: 'free', sameIndexOrder: false };
const REWRITE: TypeChangeCost = { kind: 'rewrite' };

/** Pairs whose values are stored alike; a later modifier check still applies. */
const BINARY_COERCIBLE = new Set([
  'varchar>text',
  'text>varchar',
  'text>bpchar',
  'varchar>bpchar',
  'cidr>inet',
  'bit>varbit',
  'varbit>bit',
  'int4>oid',
  'oid>int4',
  'int4>regclass',
  'regclass>int4',
  'oid>regclass',
  'regclass>oid',
  'citext>text',
  'citext>varchar',
  'text>citext',
  'varchar>citext',
  'xml>text',
]);

/** Of those, the pairs whose indexes sort by another operator class and have to be built again. */
const OTHER_INDEX_ORDER = new Set([
  'text>bpchar',
  'varchar>bpchar',
  'bit>varbit',
  'varbit>bit',
  'text>citext',
  'varchar>citext',
  'citext>text',
  'citext>varchar',
  'int4>oid',
  'oid>int4',
  'int4>regclass',
  'regclass>int4',
]);

/** @param from the type that the column has now */
export function typeChangeCost(context: FactsContext, from: DataType, command: SetType): TypeChangeCost {
  const { type: to, using, column } = command;
  const casts = using === null ? [] : castsOf(context, using, column);
  if (casts === null) return REWRITE;
  const isClear = casts.every((one) => one !== null);
  const path = [...casts.flatMap((one) => one ?? []), to];
  const costs = path.map((next, at) => stepCost(context, path[at - 1] ?? from, next));
  const dear = costs.find((one) => one.kind === 'rewrite') ?? costs.find((one) => one.kind === 'unknown');
  if (dear !== undefined) return dear;
  if (!isClear) {
    return { kind: 'unknown', reason: `whether ${using?.sql} leaves the values of ${column} alone is not certain` };
  }
  const direct = stepCost(context, from, to);
  return direct.kind === 'free' ? direct : FREE_BUT_INDEXES;
}

function stepCost(context: FactsContext, from: DataType, to: DataType): TypeChangeCost {
  if (isConstrainedDomain(context, to) && !isSameType(from, to)) return REWRITE;
  return baseTypeChangeCost(context, baseTypeOf(context, from), baseTypeOf(context, to));
}

/**
 * The types that `USING c`, `USING c::type::other` and their like pass through, which the server looks at one after the
 * other; null in place of a type that is not understood, and null for all when USING computes something.
 */
function castsOf(context: FactsContext, using: Expression, column: string): readonly (DataType | null)[] | null {
  if (using.functions.length > 0) return null;
  const sql = withoutBrackets(using.sql.trim());
  if (sql === column || sql === `"${column.replaceAll('"', '""')}"`) return [];
  const cast = /^(.+)::([^:()]+(?:\([\d\s,]*\))?[^:()]*)$/s.exec(sql) ?? /^CAST\s*\((.+)\s+AS\s+([^:]+)\)$/is.exec(sql);
  if (cast === null) return null;
  const before = castsOf(context, { ...using, sql: cast[1] ?? '' }, column);
  return before === null ? null : [...before, writtenType(context, cast[2] ?? '')];
}

function writtenType(context: FactsContext, written: string): DataType | null {
  const arrays = /(?:\s*\[\d*\])+\s*$/.exec(written)?.[0] ?? '';
  const single = written.slice(0, written.length - arrays.length);
  const list = /\(([\d\s,]+)\)/.exec(single);
  const type = writtenCastType(context, single.replace(/\s*\([\d\s,]+\)/, ''));
  if (type === null) return null;
  const isOneCharacter = list === null && /^\s*(char|character)\s*$/i.test(single);
  const modifiers = list === null ? (isOneCharacter ? [1] : []) : (list[1] ?? '').split(',').map(Number);
  return { ...type, modifiers, arrayDimensions: (arrays.match(/\[/g) ?? []).length };
}

function baseTypeChangeCost(context: FactsContext, from: DataType, to: DataType): TypeChangeCost {
  if (isSameType(from, to)) return FREE;
  if (from.arrayDimensions > 0 || to.arrayDimensions > 0) return arrayChangeCost(from, to);
  if (from.name === to.name) return modifierChangeCost(from, to);
  if (isTimestampPair(from, to)) return timestampZoneCost(context, from, to);
  const pair = `${from.name}>${to.name}`;
  if (!BINARY_COERCIBLE.has(pair)) return REWRITE;
  if (to.modifiers.length > 0 && !keepsEveryLength(from, to)) return REWRITE;
  return OTHER_INDEX_ORDER.has(pair) ? FREE_BUT_INDEXES : FREE;
}

/** Array elements are converted one by one, binary alike or not; only a dropped length limit leaves them alone. */
function arrayChangeCost(from: DataType, to: DataType): TypeChangeCost {
  const bothArrays = from.arrayDimensions > 0 && to.arrayDimensions > 0;
  return bothArrays && from.name === to.name && to.modifiers.length === 0 ? FREE : REWRITE;
}

/** varchar(20) to text or varchar(40) keeps every value; text to varchar(40) has to look at each. */
function keepsEveryLength(from: DataType, to: DataType): boolean {
  const before = from.modifiers[0];
  const after = to.modifiers[0];
  if (after === undefined) return true;
  // Shorter values are filled up.
  if (to.name === 'bpchar') return false;
  return before !== undefined && before <= after && (from.name === 'varchar' || from.name === 'varbit');
}

const WIDENABLE = new Set(['varchar', 'varbit', 'timestamp', 'timestamptz', 'time', 'timetz', 'interval']);

function modifierChangeCost(from: DataType, to: DataType): TypeChangeCost {
  if (from.name === 'numeric') return numericChangeCost(from, to);
  if (!WIDENABLE.has(from.name)) return REWRITE;
  const before = from.modifiers[0];
  const after = to.modifiers[0];
  if (after === undefined) return FREE;
  const isTime = from.name !== 'varchar' && from.name !== 'varbit';
  // Times keep six digits at most, so (6) is as wide as no limit at all.
  if (isTime) return (before ?? 6) <= after ? FREE : REWRITE;
  return before !== undefined && before <= after ? FREE : REWRITE;
}

function numericChangeCost(from: DataType, to: DataType): TypeChangeCost {
  if (to.modifiers.length === 0) return FREE;
  const [precision, scale = 0] = from.modifiers;
  const [newPrecision = 0, newScale = 0] = to.modifiers;
  if (precision === undefined) return REWRITE;
  return scale === newScale && newPrecision >= precision ? FREE : REWRITE;
}

function isTimestampPair(from: DataType, to: DataType): boolean {
  return (
    (from.name === 'timestamp' && to.name === 'timestamptz') || (from.name === 'timestamptz' && to.name === 'timestamp')
  );
}

function timestampZoneCost(context: FactsContext, from: DataType, to: DataType): TypeChangeCost {
  const narrows = to.modifiers[0] !== undefined && (from.modifiers[0] ?? 6) > to.modifiers[0];
  if (narrows) return REWRITE;
  if (context.timeZone === null) {
    return {
      kind: 'unknown',
      reason: `${from.name} to ${to.name} is free when the session's TimeZone is UTC and a rewrite under any other; the TimeZone of the session is not known`,
    };
  }
  return /^(utc|gmt|etc\/utc|etc\/gmt|zulu|etc\/uct|uct)$/i.test(context.timeZone) ? FREE_BUT_INDEXES : REWRITE;
}
