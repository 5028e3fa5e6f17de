import { baseTypeOf } from '../lint/base-type.ts';
import type { AlterCommandOf } from '../model/alter-command.ts';
import type { Catalog, Column } from '../model/catalog.ts';
import { findType } from '../model/catalog-lookup.ts';
import type { DataType } from '../model/data-type.ts';
import type { Expression } from '../model/expression.ts';
import { quoteIdentifier, quoteLiteral } from '../sql/postgres/quote.ts';
import { typeSql } from '../sql/postgres/type-sql.ts';

const RANGES: Readonly<Record<string, readonly [string, string]>> = {
  int2: ['-32768', '32767'],
  int4: ['-2147483648', '2147483647'],
  int8: ['-9223372036854775808', '9223372036854775807'],
};
const STRINGS = new Set(['text', 'varchar', 'bpchar']);
const NUMBERS = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']);

/**
 * A condition that is true for rows whose value the new type does not hold as it is, asked of the column before the
 * change; null where none can be written that never fails, or USING does more than a cast.
 */
export function narrowedRows(catalog: Catalog, column: Column, command: AlterCommandOf<'set-type'>): string | null {
  const name = quoteIdentifier(column.name);
  const labels = missingLabels(catalog, column.type, command.type);
  // There is no cast between enums but by way of their text.
  if (command.using !== null && !isPlainCast(command.using, column.name, labels !== null)) return null;
  if (labels !== null) return `${name}::text IN (${labels.map(quoteLiteral).join(', ')})`;
  const [from, to] = [baseTypeOf(catalog, column.type), baseTypeOf(catalog, command.type)];
  if (STRINGS.has(from.name) && STRINGS.has(to.name)) {
    return to.modifiers[0] === undefined ? null : `length(${name}) > ${to.modifiers[0]}`;
  }
  if (NUMBERS.has(from.name) && NUMBERS.has(to.name)) return numbersThatDoNotFit(name, from, to);
  return from.name.startsWith('timestamp') ? timesThatDoNotFit(name, from, to) : null;
}

/** The values that a column of one enum may have and the other enum lacks; null when they are no enums. */
function missingLabels(catalog: Catalog, from: DataType, to: DataType): readonly string[] | null {
  const [before, after] = [findType(catalog, from), findType(catalog, to)];
  if (before?.kind !== 'enum' || after?.kind !== 'enum') return null;
  const gone = before.labels.filter((label) => !after.labels.includes(label));
  return gone.length === 0 ? null : gone;
}

function numbersThatDoNotFit(name: string, from: DataType, to: DataType): string | null {
  const range = RANGES[to.name];
  if (range !== undefined) {
    const outside = `${name} NOT BETWEEN ${range[0]} AND ${range[1]}`;
    return RANGES[from.name] === undefined ? `${name} <> round(${name}) OR ${outside}` : outside;
  }
  const [precision, scale = 0] = to.modifiers;
  if (from.name !== 'numeric' || to.name !== 'numeric' || precision === undefined) return null;
  const rounded = `round(${name}, ${scale})`;
  // NaN is greater than every number, and every numeric type holds it.
  return `${name} <> 'NaN' AND (${name} <> ${rounded} OR abs(${rounded}) >= 10::numeric ^ ${precision - scale})`;
}

function timesThatDoNotFit(name: string, from: DataType, to: DataType): string | null {
  if (to.name === 'date') return `${name} <> date_trunc('day', ${name})`;
  if (to.name === 'time') return `${name} IS NOT NULL`;
  return from.name === to.name && to.modifiers.length === 1 ? `${name} <> ${name}::${typeSql(to)}` : null;
}

/** Whether an expression is the column with one cast, or with one to text before it, and nothing else. */
function isPlainCast({ sql, functions }: Expression, column: string, isByText: boolean): boolean {
  if (functions.length > 0) return false;
  const bare = isByText ? sql.replace(/::\s*text\s*\)*\s*::/i, '::') : sql;
  const cast = /^\(*\s*("(?:[^"]|"")*"|\w+)\s*\)*\s*::\s*[\w\s(),."]+$/.exec(bare);
  const named = cast ?? /^\(*\s*CAST\s*\(\s*("(?:[^"]|"")*"|\w+)\s+AS\s+[\w\s(),."]+\)\s*\)*$/i.exec(bare);
  const written = named?.[1] ?? '';
  return (written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written.toLowerCase()) === column;
}
