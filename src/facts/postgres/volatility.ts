import type { UserFunction } from '../../model/catalog.ts';
import { findFunction } from '../../model/catalog-lookup.ts';
import type { Expression } from '../../model/expression.ts';
import { STABLE_BUILT_INS, VOLATILE_BUILT_INS } from './built-in-functions.ts';
import type { FactsContext } from './facts-context.ts';

/** Whether an expression is evaluated once for the whole table or anew for every row. */
export type Volatility =
  | { readonly kind: 'once' }
  | { readonly kind: 'every-row'; readonly function: string }
  | { readonly kind: 'unknown'; readonly function: string };

/** Keywords of the grammar that read the clock or the session once a statement. */
const SQL_VALUE_FUNCTIONS = new Set([
  'current_timestamp',
  'current_date',
  'current_time',
  'localtime',
  'localtimestamp',
  'current_user',
  'session_user',
  'user',
  'current_role',
  'current_catalog',
  'current_schema',
  'coalesce',
  'greatest',
  'least',
  'nullif',
]);

/** Whether a name of `Expression.functions` is a keyword of the grammar. */
export function isKeywordFunction(name: string): boolean {
  return SQL_VALUE_FUNCTIONS.has(name);
}

/**
 * How often ADD COLUMN ... DEFAULT evaluates an expression (measured on 13 to 18): a default without a volatile
 * function is evaluated once and kept in the catalog; a volatile one makes PostgreSQL write every row.
 */
export function volatilityOf(context: FactsContext, expression: Expression): Volatility {
  for (const name of expression.functions) {
    const answer = functionVolatility(context, name);
    if (answer !== 'once') return { kind: answer, function: name };
  }
  return { kind: 'once' };
}

/** What tells another time in the next transaction, though it counts as stable. */
const CLOCKS = new Set([
  'current_timestamp',
  'current_date',
  'current_time',
  'localtime',
  'localtimestamp',
  'now',
  'transaction_timestamp',
  'statement_timestamp',
  'age',
  'pg_current_xact_id',
  'txid_current',
]);

/** Whether an expression answers the same for the same row in every transaction, as far as is known for certain. */
export function isSteady(context: Pick<FactsContext, 'catalog'>, expression: Expression): boolean {
  return expression.functions.every((name) => {
    const bare = name.replace(/^pg_catalog\./, '');
    if (CLOCKS.has(bare)) return false;
    const user = findUserFunction(context, name);
    return user === null ? functionVolatility(context, name) === 'once' : user.volatility === 'immutable';
  });
}

function functionVolatility(context: Pick<FactsContext, 'catalog'>, name: string): Volatility['kind'] {
  const user = findUserFunction(context, name);
  if (user !== null) {
    if (user.volatility !== 'volatile') return 'once';
    return user.language === 'sql' ? inlinedVolatility(user.body) : 'every-row';
  }
  if (VOLATILE_BUILT_INS.has(name)) return 'every-row';
  return STABLE_BUILT_INS.has(name) || SQL_VALUE_FUNCTIONS.has(name) ? 'once' : 'unknown';
}

function findUserFunction(context: Pick<FactsContext, 'catalog'>, name: string): UserFunction | null {
  const [first, second] = name.split('.');
  return findFunction(
    context.catalog,
    second === undefined ? { schema: null, name } : { schema: first ?? null, name: second },
  );
}

/**
 * The planner puts the body of a simple SQL function in place of its call, so one that was left VOLATILE by omission
 * still counts as what its body calls (measured on 13 to 18: `SELECT 42` as a default does not rewrite).
 */
function inlinedVolatility(body: string): Volatility['kind'] {
  const isSingleSelect = /^\s*(select|return)\b[^;]*;?\s*$/i.test(body) && !/\bfrom\b/i.test(body);
  if (!isSingleSelect) return 'every-row';
  const calls = [...body.matchAll(/([a-z_][a-z0-9_.]*)\s*\(/gi)].map((match) => (match[1] ?? '').toLowerCase());
  if (calls.some((call) => VOLATILE_BUILT_INS.has(call.replace(/^pg_catalog\./, '')))) return 'every-row';
  return calls.every((call) => STABLE_BUILT_INS.has(call) || SQL_VALUE_FUNCTIONS.has(call)) ? 'once' : 'unknown';
}
