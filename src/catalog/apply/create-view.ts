import type { CreateTableAs, CreateView } from '../../model/action.ts';
import { bareTable } from '../../model/bare-table.ts';
import type { Catalog, Column, View } from '../../model/catalog.ts';
import { findRelation, nameForCreation, TEMPORARY_SCHEMA } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import { SqlSyntaxError } from '../../model/error.ts';
import { outputColumns } from '../../model/query-columns.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { parseStatements } from '../../sql/postgres/parse-statements.ts';
import { putRelation } from '../edit-catalog.ts';
import { isRelationName } from './create-table.ts';
import { resolveType } from './resolve-names.ts';

/** CREATE VIEW. What it reads is kept by relation, with those of its columns that the query names. */
export function createView(catalog: Catalog, action: CreateView): Catalog {
  const name = nameForCreation(catalog, action.name);
  const existing = catalog.relations[relationKey(name)];
  if (isRelationName(catalog, name) && !(action.replace && existing?.kind === 'view')) return catalog;
  return putRelation(catalog, {
    kind: 'view',
    name,
    reads: readsOf(catalog, action.reads, action.columns),
    sql: action.sql,
    columns: viewColumns(catalog, action, action.aliases ?? []),
    indexes: [],
    rowsEstimate: null,
    bytes: null,
  });
}

function viewColumns(
  catalog: Catalog,
  action: Pick<CreateView, 'query' | 'reads'>,
  aliases: readonly string[],
): NonNullable<View['columns']> | null {
  const columns = outputColumns(catalog, action.query, action.reads);
  if (columns === null) return null;
  return columns.map(({ name, type }, at) => ({
    name: aliases[at] ?? name,
    type: type === null ? null : resolveType(catalog, type),
  }));
}

/** `*` means the columns that are there now; later ones do not become part of the view. */
function readsOf(
  catalog: Catalog,
  references: readonly RelationReference[],
  named: CreateView['columns'],
): View['reads'] {
  const reads = new Map<string, View['reads'][number]>();
  for (const [index, reference] of references.entries()) {
    const columns = named[index] ?? null;
    const relation = findRelation(catalog, reference);
    if (relation === null) continue;
    const own = relation.kind === 'table' ? relation.columns.map((column) => column.name) : null;
    const read = own === null ? columns : own.filter((column) => columns === null || columns.includes(column));
    const key = relationKey(relation.name);
    reads.set(key, { relation: key, columns: read === null ? null : [...read].sort() });
  }
  return [...reads.values()].sort((a, b) => (a.relation < b.relation ? -1 : 1));
}

/**
 * CREATE MATERIALIZED VIEW, CREATE TABLE AS and SELECT INTO. The columns of a table made from a query are known where
 * the query takes whole columns of one table; for any other query they are left out.
 */
export function createTableAs(catalog: Catalog, action: CreateTableAs): Catalog {
  const name = nameForCreation(catalog, action.name);
  if (isRelationName(catalog, name)) return catalog;
  if (action.object === 'materialized-view') {
    return putRelation(catalog, {
      kind: 'materialized-view',
      name,
      reads: readsOf(catalog, action.reads, columnsNamedIn(action.sql)),
      sql: action.sql,
      columns: viewColumns(catalog, action, []),
      indexes: [],
      rowsEstimate: null,
      bytes: null,
    });
  }
  return putRelation(catalog, {
    ...bareTable(name, name.schema === TEMPORARY_SCHEMA ? 'temporary' : 'permanent'),
    columns: columnsOfQuery(catalog, action),
  });
}

/** The columns that a query names, as the parser tells for a view of it. */
function columnsNamedIn(query: string): CreateView['columns'] {
  try {
    const action = parseStatements(`CREATE VIEW query AS ${query}`, 'query')[0]?.action;
    return action?.kind === 'create-view' ? action.columns : [];
  } catch (error) {
    // EXECUTE of a prepared statement is no query that a view could be made of.
    if (error instanceof SqlSyntaxError) return [];
    throw error;
  }
}

function columnsOfQuery(catalog: Catalog, action: CreateTableAs): ReturnType<typeof bareTable>['columns'] {
  const columns = viewColumns(catalog, action, []) ?? [];
  return columns.every((column) => column.type !== null)
    ? columns.flatMap(({ name, type }) => (type === null ? [] : [plainColumn(name, type)]))
    : [];
}

function plainColumn(name: string, type: DataType): Column {
  return { name, type, notNull: false, default: null, identity: null, generated: null, collation: null };
}
