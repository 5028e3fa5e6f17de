import type { Catalog, Table } from '../../model/catalog.ts';
import { tableOf } from '../../model/catalog-lookup.ts';
import { chooseConstraintName } from '../../model/object-name.ts';
import type { RelationKey } from '../../model/relation-name.ts';
import { treeOf, updateColumn, updateTable } from '../edit-catalog.ts';

/** The first major that keeps NOT NULL as a constraint with a name. */
const NOT_NULL_CONSTRAINTS_SINCE = 18;

export interface NotNullOptions {
  /** null: the server chooses. Majors before 18 forget the name. */
  readonly name: string | null;
  readonly valid: boolean;
  /** Leave children alone. */
  readonly only: boolean;
}

/**
 * A column that must not be NULL, in the table and in all that inherit from it. A NOT VALID one counts as not null too,
 * as `pg_attribute.attnotnull` does (measured on 18).
 */
export function setNotNull(
  catalog: Catalog,
  key: RelationKey,
  column: string,
  options: NotNullOptions = { name: null, valid: true, only: false },
): Catalog {
  const root = tableOf(catalog, key);
  if (root === null) return catalog;
  const { schema, name: table } = root.name;
  const name = options.name ?? chooseConstraintName(catalog, schema, table, column, 'not_null');
  let changed = catalog;
  for (const target of treeOf(catalog, key, options.only)) {
    changed = updateColumn(changed, target, column, (one) => ({ ...one, notNull: true }));
    if (catalog.serverMajor < NOT_NULL_CONSTRAINTS_SINCE) continue;
    changed = updateTable(changed, target, (one) => withNotNullConstraint(one, column, name, options.valid));
  }
  return changed;
}

function withNotNullConstraint(table: Table, column: string, name: string, valid: boolean): Table {
  if (!table.columns.some((candidate) => candidate.name === column)) return table;
  const existing = table.constraints.find((one) => one.kind === 'not-null' && one.column === column);
  if (existing === undefined) {
    return { ...table, constraints: [...table.constraints, { kind: 'not-null', name, column, valid }] };
  }
  if (!valid) return table;
  const constraints = table.constraints.map((one) =>
    one === existing && one.kind === 'not-null' ? { ...one, valid: true } : one,
  );
  return { ...table, constraints };
}

/** A column that may be NULL again, in the table and in all that inherit from it. */
export function dropNotNull(catalog: Catalog, key: RelationKey, column: string, only: boolean): Catalog {
  let changed = catalog;
  for (const target of treeOf(catalog, key, only)) {
    changed = updateTable(changed, target, (table) => ({
      ...table,
      columns: table.columns.map((one) => (one.name === column ? { ...one, notNull: false } : one)),
      constraints: table.constraints.filter((one) => one.kind !== 'not-null' || one.column !== column),
    }));
  }
  return changed;
}
