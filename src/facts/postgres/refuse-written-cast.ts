import type { Column, UserType } from '../../model/catalog.ts';
import { findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import type { Expression } from '../../model/expression.ts';
import { baseTypeOf } from './base-type.ts';
import { hasWrittenCast, isString, JUDGED_TYPES } from './built-in-casts.ts';
import { writtenCastType } from './expression-type.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';

/** Notes that `USING column::type` asks for a cast between two types that know none. */
export function refuseWrittenCast(context: FactsContext, column: Column, using: Expression): void {
  const [, opened = '', name, closed = '', rest = ''] =
    /^(\(*)("(?:[^"]|"")*"|[\p{L}_][\p{L}\d_$]*)(\)*)::(.+)$/su.exec(using.sql.trim()) ?? [];
  // Brackets that are not closed behind the column are closed at the end.
  const type = rest.slice(0, rest.length - Math.max(opened.length - closed.length, 0));
  const bare = name?.startsWith('"') === true ? name.slice(1, -1).replaceAll('""', '"') : name;
  if (bare !== column.name) return;
  const written = writtenCastType(context, type.replace(/(\[\])+$/, ''));
  if (written === null) return;
  const from = baseTypeOf(context, column.type);
  const to = type.endsWith('[]') ? { ...written, arrayDimensions: 1 } : baseTypeOf(context, written);
  if (isCast(context, from, to) !== false) return;
  addFailure(context.draft, '42846', `there is no cast from ${nameOf(from)} to ${nameOf(to)}`);
}

function nameOf({ name, arrayDimensions }: DataType): string {
  return arrayDimensions > 0 ? `${name}[]` : name;
}

/** Whether a cast that is written out is there; null where nobody can tell. */
function isCast(context: FactsContext, from: DataType, to: DataType): boolean | null {
  const { major } = context.version;
  // Everything has a text form, and can be made of a text.
  if (isString(from, major) || isString(to, major)) return true;
  const [isArray, becomesArray] = [from.arrayDimensions > 0, to.arrayDimensions > 0];
  if (isArray && becomesArray) return null;
  const [source, target] = [findType(context.catalog, from), findType(context.catalog, to)];
  const isJudged = (type: DataType, user: UserType | null): boolean =>
    isMade(user) || (user === null && type.schema === null && JUDGED_TYPES.has(type.name));
  if (!isJudged(from, source) || !isJudged(to, target)) return null;
  if (isArray !== becomesArray) return false;
  if (source === null && target === null) return hasWrittenCast(from.name, to.name, major);
  return source === target || (source?.kind === 'composite' && target?.kind === 'composite' ? null : false);
}

/** Types that know no cast but those to and from strings. */
function isMade(type: UserType | null): boolean {
  return type?.kind === 'composite' || type?.kind === 'range' || type?.kind === 'enum';
}
