import type { Table } from '../../model/catalog.ts';
import { findFunction, findType } from '../../model/catalog-lookup.ts';
import type { Expression } from '../../model/expression.ts';
import { baseTypeOf } from './base-type.ts';
import { NEVER_IMMUTABLE_BUILT_INS, SOMETIMES_IMMUTABLE_BUILT_INS, VOLATILE_BUILT_INS } from './built-in-functions.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';
import { volatilityOf } from './volatility.ts';

/** Types whose text form hangs on settings of the session, so that a cast to text and back is not immutable. */
const CHANGING_TEXT = new Set(['date', 'timestamp', 'timestamptz']);
const TIME_OF_ZONE = 'timestamptz';

/**
 * Notes why an index or a stored column cannot be made of an expression: it may answer otherwise tomorrow (42P17). What
 * hangs on the types of arguments is looked at for the columns that are named.
 */
export function refuseMutable(
  context: FactsContext,
  table: Pick<Table, 'columns'>,
  expression: Expression,
  what: string,
): void {
  const { draft } = context;
  const called = expression.functions.find((name) => isMutable(context, name));
  if (called !== undefined) return addFailure(draft, '42P17', `${what} calls ${called}, which is not immutable`);
  const cast = mutableCast(context, table, expression);
  if (cast !== null) return addFailure(draft, '42P17', `${what} casts ${cast}, which hangs on the session`);
  const mixed = expression.functions.find((name) => SOMETIMES_IMMUTABLE_BUILT_INS.has(name));
  const isOfZone = expression.columns.some((name) => typeOf(context, table, name) === TIME_OF_ZONE);
  if (mixed !== undefined && isOfZone) {
    draft.unknown.add(
      `Whether ${mixed}() is immutable hangs on its arguments; if it is not, the statement is refused.`,
    );
  }
}

/** Keywords that read the clock or the session; the others of their like only choose among values. */
const CLOCKS = /^(current_|local|session_user|user$|system_user)/;

function isMutable(context: FactsContext, name: string): boolean {
  const [first, second] = name.split('.');
  const reference = second === undefined ? { schema: null, name } : { schema: first ?? null, name: second };
  const user = findFunction(context.catalog, reference);
  if (user !== null) {
    if (user.volatility === 'immutable') return false;
    // A simple SQL function stands for its body.
    const call = { sql: '', isConstant: false, functions: [name], columns: [], provesNotNull: [] };
    return user.language !== 'sql' || user.volatility === 'stable' || volatilityOf(context, call).kind === 'every-row';
  }
  return CLOCKS.test(name) || VOLATILE_BUILT_INS.has(name) || NEVER_IMMUTABLE_BUILT_INS.has(name);
}

function typeOf(context: FactsContext, table: Pick<Table, 'columns'>, column: string): string | null {
  const type = table.columns.find((one) => one.name === column)?.type;
  if (type === undefined) return null;
  const base = baseTypeOf(context, type);
  const user = base.arrayDimensions > 0 ? null : findType(context.catalog, base);
  return user?.kind ?? (base.arrayDimensions > 0 ? `${base.name}[]` : base.name);
}

/** A cast written right behind a column, of a type whose text form is not fixed. */
function mutableCast(
  context: FactsContext,
  table: Pick<Table, 'columns'>,
  { sql, columns }: Expression,
): string | null {
  for (const column of columns) {
    const target = castAfter(sql, column);
    const type = typeOf(context, table, column);
    if (target === null || type === null) continue;
    const isText = /^(text|varchar|character|char|bpchar)\b/i.test(target);
    // Arrays are printed by the functions of their elements, whatever those are.
    if (isText && (CHANGING_TEXT.has(type) || /\[\]$|range$|^(enum|composite)$/.test(type)))
      return `${column} to ${target}`;
    const isTime = /^(date|time|timestamp)\b/i.test(target);
    if (!isTime) continue;
    const isOfZone = /^timestamptz|\bwith\s+time\s+zone|^timetz/i.test(target);
    if (
      type === TIME_OF_ZONE
        ? !/^timestamptz|^timestamp.*with\s+time\s+zone/i.test(target)
        : isOfZone && CHANGING_TEXT.has(type)
    ) {
      return `${column} to ${target}`;
    }
  }
  return null;
}

function castAfter(sql: string, column: string): string | null {
  const name = column.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const short = new RegExp(`(?:\\b${name}|"${name}")\\s*::\\s*([a-z][a-z ]*)`, 'i').exec(sql);
  const long = new RegExp(`CAST\\s*\\(\\s*(?:${name}|"${name}")\\s+AS\\s+([a-z][a-z ]*)`, 'i').exec(sql);
  return (short?.[1] ?? long?.[1] ?? null)?.trim() ?? null;
}
