import type { Column } from '../../model/catalog.ts';
import { findType } from '../../model/catalog-lookup.ts';
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
  const becomesArray = type.endsWith('[]');
  const written = writtenCastType(context, type.replace(/(\[\])+$/, ''));
  if (written === null) return;
  const [from, to] = [baseTypeOf(context, column.type), baseTypeOf(context, written)];
  // An array becomes another array, or a text.
  const isArray = from.arrayDimensions > 0;
  if (becomesArray) {
    const isRefused = !isArray && from.schema === null && JUDGED_TYPES.has(from.name) && !isString(from);
    if (isRefused) addFailure(context.draft, '42846', `there is no cast from ${from.name} to ${type}`);
    return;
  }
  if (isArray && to.arrayDimensions === 0 && JUDGED_TYPES.has(to.name) && !isString(to)) {
    return addFailure(context.draft, '42846', `there is no cast from ${from.name}[] to ${to.name}`);
  }
  if (from.schema !== null || isArray) return;
  const user = findType(context.catalog, to);
  const isMade = user?.kind === 'composite' || user?.kind === 'range' || user?.kind === 'enum';
  if (isMade && JUDGED_TYPES.has(from.name) && !isString(from)) {
    return addFailure(context.draft, '42846', `there is no cast from ${from.name} to ${to.name}`);
  }
  if (findType(context.catalog, from) !== null || user !== null) return;
  if (hasWrittenCast(from.name, to.name, context.version.major) !== false) return;
  addFailure(context.draft, '42846', `there is no cast from ${from.name} to ${to.name}`);
}
