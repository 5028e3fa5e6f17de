import type { FunctionOverload, Table } from '../../model/catalog.ts';
import { findFunction, findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import type { Expression } from '../../model/expression.ts';
import { relationKey } from '../../model/relation-name.ts';
import { baseTypeOf, isSameType } from './base-type.ts';
import { hasCast } from './built-in-casts.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';
import { refuseKeyTypes } from './index-support.ts';

/** Types that compare with each other and take the same literals. */
const FAMILIES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    number: 'int2 int4 int8 numeric float4 float8 oid regclass regproc regrole regtype',
    string: 'text varchar bpchar name char citext',
    time: 'date timestamp timestamptz',
    truth: 'bool',
    uuid: 'uuid',
    json: 'json jsonb',
  }).flatMap(([family, names]) => names.split(' ').map((name) => [name, family])),
);

/**
 * Notes what could not be built again after a change of a column's type: conditions whose operators do not know the new
 * type (42883), and indexes whose access method does not take it (42704).
 */
export function refuseDependents(
  context: FactsContext,
  table: Table,
  column: string,
  from: DataType,
  to: DataType,
): void {
  const changes = familyOf(context, from) !== familyOf(context, to);
  const expressions = table.constraints.flatMap((one) => (one.kind === 'check' ? [one.expression] : []));
  const predicates = table.indexes.flatMap((one) => [
    ...(one.predicate === null ? [] : [one.predicate]),
    ...one.keys.flatMap((key) => key.expression ?? []),
  ]);
  const all = [...expressions, ...predicates];
  const broken = all.find((one) => one.columns.includes(column) && comparesValues(one, column));
  if (changes && broken !== undefined) {
    addFailure(context.draft, '42883', `${broken.sql} knows no ${to.name} for ${relationKey(table.name)}.${column}`);
  }
  const [lost] = isSameType(from, to)
    ? []
    : all.flatMap((one) => one.functions.filter((name) => refuses(context, one, name, column, to)));
  if (lost !== undefined) addFailure(context.draft, '42883', `${lost}() takes no ${to.name}, which ${column} becomes`);
  const changed = { columns: table.columns.map((one) => (one.name === column ? { ...one, type: to } : one)) };
  for (const index of table.indexes) {
    const keys = index.keys.filter((key) => key.column === column);
    // An operator class of one's own may take the type, or not.
    if (keys.length === 0 || /_ops\b/.test(index.definitionSql)) continue;
    refuseKeyTypes(context, changed, { ...index, keys, isOrdered: false });
  }
}

function familyOf(context: FactsContext, type: DataType): string {
  const base = baseTypeOf(context, type);
  const user = findType(context.catalog, base);
  if (user !== null) return relationKey(user.name);
  const family = FAMILIES[base.name] ?? base.name;
  return base.arrayDimensions > 0 ? `${family}[]` : family;
}

/** Whether a function that somebody made is called with the column alone, and takes nothing that its new type becomes. */
function refuses(context: FactsContext, { sql }: Expression, name: string, column: string, to: DataType): boolean {
  const [first = '', second] = name.split('.');
  const reference = second === undefined ? { schema: null, name } : { schema: first, name: second };
  const overloads = findFunction(context.catalog, reference)?.overloads ?? [];
  const [call, argument] = [second ?? first, column].map((one) => one.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const isCalled = new RegExp(`\\b${call}\\(\\s*"?${argument}"?\\s*\\)`).test(sql);
  return isCalled && overloads.length > 0 && !overloads.some((one) => takes(context, one, baseTypeOf(context, to)));
}

function takes(context: FactsContext, overload: FunctionOverload, given: DataType): boolean {
  const [only, ...others] = overload.arguments;
  if (only === undefined) return false;
  const wanted = baseTypeOf(context, only);
  // Polymorphic arguments take anything, or nobody can tell here; defaults may stand for the others.
  if (
    others.length > 0 ||
    wanted.name.startsWith('any') ||
    isSameType({ ...wanted, modifiers: [] }, { ...given, modifiers: [] })
  )
    return true;
  if (wanted.arrayDimensions > 0 !== given.arrayDimensions > 0) return false;
  const isOneMade = findType(context.catalog, wanted) !== null || findType(context.catalog, given) !== null;
  return isOneMade || hasCast(given.name, wanted.name, 'implicit') !== false;
}

/** A test for NULL takes any type; a cast of the column first may, too. */
function comparesValues({ sql }: Expression, column: string): boolean {
  const bare = sql.replaceAll('"', '');
  const tests = bare.replaceAll(new RegExp(`\\b${column}\\b\\)*\\s+IS\\s+(NOT\\s+)?NULL`, 'gi'), '');
  return new RegExp(`\\b${column}\\b(?!\\)*\\s*::)`).test(tests);
}
