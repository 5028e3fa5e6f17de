import type { UserType } from '../../model/catalog.ts';
import { findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import type { Expression } from '../../model/expression.ts';
import { baseTypeOf } from './base-type.ts';
import { hasCast, isString } from './built-in-casts.ts';
import { expressionType } from './expression-type.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';
import { refuseUnknownFunctions } from './refuse-unknown.ts';

/** Notes why a default would be refused: it calls what is not there, or is a literal that its column cannot take. */
export function refuseDefault(context: FactsContext, what: string, type: DataType, value: Expression): void {
  refuseUnknownFunctions(context, value);
  const target = baseTypeOf(context, type);
  if (target.arrayDimensions > 0) return refuseForArray(context, what, value);
  const text = /^'((?:[^']|'')*)'$/.exec(value.sql)?.[1]?.replaceAll("''", "'");
  if (text !== undefined) {
    if (canRead(context, text, target)) return;
    return addFailure(context.draft, '22P02', `'${text}' is no ${target.name}, which ${what} is`);
  }
  const given = expressionType(context, value);
  if (given === null || !isRefused(context, baseTypeOf(context, given), target)) return;
  addFailure(context.draft, '42804', `${value.sql} is no ${target.name}, which ${what} is`);
}

/** A single value is no array; a literal may be read as one. */
function refuseForArray(context: FactsContext, what: string, value: Expression): void {
  const given = expressionType(context, value);
  if (given === null || given.arrayDimensions > 0) return;
  addFailure(context.draft, '42804', `${value.sql} is no array, which ${what} is`);
}

/** Types that nothing but a value of their own becomes. */
function isRefusedBy({ kind }: UserType): boolean {
  return kind === 'enum' || kind === 'range' || kind === 'composite';
}

function isRefused(context: FactsContext, from: DataType, to: DataType): boolean {
  if (from.arrayDimensions > 0) return !isString(to, context.version.major);
  const [source, target] = [findType(context.catalog, from), findType(context.catalog, to)];
  if (target !== null) return isRefusedBy(target) && target !== source;
  // Everything has a text form.
  if (source !== null) return source.kind === 'enum' && !isString(to, context.version.major);
  return to.schema === null && hasCast(from.name, to.name, 'assignment') === false;
}

const TRUTHS = /^\s*(t(r(ue?)?)?|f(a(l(se?)?)?)?|y(es?)?|no?|on|off?|[01])\s*$/i;

/** Only what is beyond doubt is no: numbers without a digit, words that are no truth, labels that an enum lacks. */
function canRead(context: FactsContext, text: string, type: DataType): boolean {
  const user = findType(context.catalog, type);
  if (user !== null) return user.kind !== 'enum' || user.labels.includes(text);
  switch (type.schema === null ? type.name : '') {
    case 'int2':
    case 'int4':
    case 'int8':
      return /\d/.test(text) && !/[^\d\sxob_a-f+-]/i.test(text);
    case 'numeric':
    case 'float4':
    case 'float8':
      return /\d/.test(text) || /nan|inf/i.test(text);
    case 'bool':
      return TRUTHS.test(text);
    case 'uuid':
      return !/[^0-9a-f{}-]/i.test(text);
    default:
      return true;
  }
}
