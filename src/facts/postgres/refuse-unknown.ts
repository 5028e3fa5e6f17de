import { isBuiltInType } from '../../model/built-in-type.ts';
import { findFunction, findRelation, findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import type { Expression } from '../../model/expression.ts';
import { BUILT_IN_LIFETIMES, STABLE_BUILT_INS, VOLATILE_BUILT_INS } from './built-in-functions.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';
import { isKeywordFunction } from './volatility.ts';

/** What an extension brings along is not in the catalog, so what the catalog lacks may still be there. */
function isEverythingKnown({ catalog, catalogIsComplete }: FactsContext): boolean {
  return catalogIsComplete && catalog.extensions?.length === 0;
}

/** Aggregates and window functions: the server has them, and refuses them in expressions with words of its own. */
const SET_FUNCTIONS = new Set(
  `any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp cume_dist dense_rank
  every first_value grouping json_agg json_agg_strict json_arrayagg json_object_agg json_objectagg jsonb_agg
  jsonb_object_agg lag last_value lead max min mode nth_value ntile percent_rank percentile_cont percentile_disc
  range_agg range_intersect_agg rank regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy
  regr_syy row_number stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance xmlagg`.split(/\s+/),
);

/** Whether the server of a major has a function of that name. */
export function isBuiltInFunction(name: string, major: number): boolean {
  const [since, until] = BUILT_IN_LIFETIMES.get(name) ?? [0, Number.POSITIVE_INFINITY];
  if (major < since || major > until) return false;
  return VOLATILE_BUILT_INS.has(name) || STABLE_BUILT_INS.has(name) || SET_FUNCTIONS.has(name);
}

/** An expression that calls what nobody has defined. */
export function refuseUnknownFunctions(context: FactsContext, { functions }: Pick<Expression, 'functions'>): void {
  if (!isEverythingKnown(context)) return;
  for (const name of functions) {
    if (isThere(context, name)) continue;
    addFailure(context.draft, '42883', `there is no function ${name}()`);
  }
}

function isThere(context: FactsContext, name: string): boolean {
  const [first = '', second] = name.split('.');
  // A name in quotes, and a call that is a cast in other words.
  if (name.includes('"') || isBuiltInType(name) || isBuiltInFunction(name, context.version.major)) return true;
  if (isKeywordFunction(name) || first === 'information_schema') return true;
  const reference = second === undefined ? { schema: null, name } : { schema: first, name: second };
  return findFunction(context.catalog, reference) !== null || findType(context.catalog, reference) !== null;
}

/** Multiranges came with 14. */
const MULTIRANGES_SINCE = 14;

/** A column, domain or cast of a type that nobody has defined. */
export function refuseUnknownType(context: FactsContext, type: DataType): void {
  if (!isEverythingKnown(context) || type.schema === 'pg_catalog' || type.schema === 'information_schema') return;
  const name = type.name.replace(/\(.*$/s, '');
  if (type.schema === null && isBuiltInType(name)) {
    if (!name.endsWith('multirange') || context.version.major >= MULTIRANGES_SINCE) return;
  }
  // Arrays by their internal name, and the multirange that comes with a range.
  if (name.startsWith('_') || name.includes('multirange')) return;
  const reference = { schema: type.schema, name };
  // Every relation is a type of its rows, too.
  if (findType(context.catalog, reference) !== null || findRelation(context.catalog, reference) !== null) return;
  addFailure(context.draft, '42704', `there is no type ${name}`);
}
