import { findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import type { Expression } from '../../model/expression.ts';
import { baseTypeOf } from './base-type.ts';
import { hasCast } from './built-in-casts.ts';
import { expressionType } from './expression-type.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';
import { refuseUnknownFunctions } from './refuse-unknown.ts';

/** Notes why a default would be refused: it calls what is not there, or is a literal that its column cannot take. */
export function refuseDefault(context: FactsContext, what: string, type: DataType, value: Expression): void {
  refuseUnknownFunctions(context, value);
  const target = baseTypeOf(context, type);
  if (target.arrayDimensions > 0) return;
  const text = /^'((?:[^']|'')*)'$/.exec(value.sql)?.[1]?.replaceAll("''", "'");
  if (text !== undefined) {
    if (canRead(context, text, target)) return;
    return addFailure(context.draft, '22P02', `'${text}' is no ${target.name}, which ${what} is`);
  }
  const given = expressionType(context, value);
  if (given === null || !isRefused(context, given.name, target)) return;
  addFailure(context.draft, '42804', `${value.sql} is no ${target.name}, which ${what} is`);
}

function isRefused(context: FactsContext, from: string, to: DataType): boolean {
  const user = findType(context.catalog, to);
  if (user !== null) return user.kind === 'enum';
  return to.schema === null && hasCast(from, to.name, 'assignment') === false;
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
