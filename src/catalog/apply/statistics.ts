import type { CreateStatistics } from '../../model/action.ts';
import type { Catalog, ExtendedStatistics, Table } from '../../model/catalog.ts';
import { findStatistics, findTable, nameForCreation, tableOf } from '../../model/catalog-lookup.ts';
import { joinNameParts, makeObjectName } from '../../model/object-name.ts';
import {
  type QualifiedName,
  type RelationKey,
  type RelationReference,
  relationKey,
} from '../../model/relation-name.ts';

/** CREATE STATISTICS. */
export function createStatistics(catalog: Catalog, action: CreateStatistics): Catalog {
  const table = findTable(catalog, action.table);
  if (table === null) return catalog;
  const columns = [...(action.columns ?? [])].sort();
  const name =
    action.name == null ? chooseName(catalog, table.name, action.columns ?? []) : nameForCreation(catalog, action.name);
  if (isTaken(catalog, name)) return catalog;
  return withStatistics(catalog, [...(catalog.statistics ?? []), { name, table: relationKey(table.name), columns }]);
}

/** DROP STATISTICS. */
export function dropStatistics(catalog: Catalog, reference: RelationReference): Catalog {
  const found = findStatistics(catalog, reference);
  return withStatistics(
    catalog,
    (catalog.statistics ?? []).filter((one) => one !== found),
  );
}

/** ALTER STATISTICS ... RENAME TO. */
export function renameStatistics(catalog: Catalog, reference: RelationReference, to: string): Catalog {
  const found = findStatistics(catalog, reference);
  const moved = (one: ExtendedStatistics): ExtendedStatistics => ({ ...one, name: { ...one.name, name: to } });
  return withStatistics(
    catalog,
    (catalog.statistics ?? []).map((one) => (one === found ? moved(one) : one)),
  );
}

/** LIKE ... INCLUDING STATISTICS: copies for a new table, under names that the server makes up. */
export function copyStatistics(catalog: Catalog, key: RelationKey, source: Table): Catalog {
  const copy = tableOf(catalog, key);
  if (copy === null) return catalog;
  const order = source.columns.map((column) => column.name);
  const copied = (catalog.statistics ?? []).filter((one) => one.table === relationKey(source.name));
  return copied.reduce((changed, one) => {
    const columns = [...one.columns].sort((a, b) => order.indexOf(a) - order.indexOf(b));
    const name = chooseName(changed, copy.name, columns);
    return withStatistics(changed, [...(changed.statistics ?? []), { ...one, name, table: key }]);
  }, catalog);
}

/** The catalog with these, sorted by name. */
export function withStatistics(catalog: Catalog, statistics: readonly ExtendedStatistics[]): Catalog {
  return {
    ...catalog,
    statistics: [...statistics].sort((a, b) => (relationKey(a.name) < relationKey(b.name) ? -1 : 1)),
  };
}

function isTaken(catalog: Catalog, name: QualifiedName): boolean {
  return (catalog.statistics ?? []).some((one) => relationKey(one.name) === relationKey(name));
}

function chooseName(catalog: Catalog, table: QualifiedName, columns: readonly string[]): QualifiedName {
  const parts = joinNameParts(columns);
  for (let count = 0; ; count += 1) {
    const name = makeObjectName(table.name, parts, count === 0 ? 'stat' : `stat${count}`);
    if (!isTaken(catalog, { schema: table.schema, name })) return { schema: table.schema, name };
  }
}
