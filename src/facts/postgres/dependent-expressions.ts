import type { Table } from '../../model/catalog.ts';
import { findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import type { Expression } from '../../model/expression.ts';
import { relationKey } from '../../model/relation-name.ts';
import { baseTypeOf } from './base-type.ts';
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
  const broken = [...expressions, ...predicates].find(
    (one) => one.columns.includes(column) && comparesValues(one, column),
  );
  if (changes && broken !== undefined) {
    addFailure(context.draft, '42883', `${broken.sql} knows no ${to.name} for ${relationKey(table.name)}.${column}`);
  }
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

/** A test for NULL takes any type; a cast of the column first may, too. */
function comparesValues({ sql }: Expression, column: string): boolean {
  const bare = sql.replaceAll('"', '');
  const tests = bare.replaceAll(new RegExp(`\\b${column}\\b\\)*\\s+IS\\s+(NOT\\s+)?NULL`, 'gi'), '');
  return new RegExp(`\\b${column}\\b(?!\\)*\\s*::)`).test(tests);
}
