import type { AlterCommandOf } from '../../model/alter-command.ts';
import type { DataType } from '../../model/data-type.ts';
import type { Expression } from '../../model/expression.ts';
import { baseTypeOf, isConstrainedDomain, isSameType } from './base-type.ts';
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
  const conversion = using === null ? 'plain' : conversionOf(using, column, command.typeSql);
  if (conversion === 'other') return REWRITE;
  if (isConstrainedDomain(context, to) && !isSameType(from, to)) return REWRITE;
  const cost = baseTypeChangeCost(context, baseTypeOf(context, from), baseTypeOf(context, to));
  if (conversion === 'plain' || cost.kind !== 'free') return cost;
  return { kind: 'unknown', reason: `whether ${using?.sql} leaves the values of ${column} alone is not certain` };
}

/** `USING c` and `USING c::type` say no more than the change itself; the server looks through them. */
function conversionOf(using: Expression, column: string, typeSql: string): 'plain' | 'other' | 'unclear' {
  // A cast to the same type again changes nothing.
  const bare = using.sql.replaceAll('"', '').replace(/::([a-z_ ]+)(?:::\1)+$/i, '::$1');
  if (bare === column) return 'plain';
  const cast = bare.startsWith(`${column}::`) ? bare.slice(column.length + 2) : castOf(bare, column);
  if (using.functions.length > 0 || cast === null || !/^[a-z_][a-z0-9_ .]*(\([\d, ]+\))?(\[\])*$/i.test(cast)) {
    return 'other';
  }
  return withoutSpaces(cast) === withoutSpaces(typeSql) ? 'plain' : 'unclear';
}

function castOf(sql: string, column: string): string | null {
  const start = `CAST(${column} AS `;
  return sql.startsWith(start) && sql.endsWith(')') ? sql.slice(start.length, -1) : null;
}

function withoutSpaces(sql: string): string {
  return sql.replaceAll(/[\s"]+/g, '').toLowerCase();
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
