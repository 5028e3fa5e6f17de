import type { CreateTableAs, CreateView } from '../../model/action.ts';
import type { Catalog, View } from '../../model/catalog.ts';
import { findRelation, nameForCreation } from '../../model/catalog-lookup.ts';
import { SqlSyntaxError } from '../../model/error.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { parseStatements } from '../../sql/postgres/parse-statements.ts';
import { putRelation } from '../edit-catalog.ts';
import { bareTable, isRelationName } from './create-table.ts';

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
    indexes: [],
    rowsEstimate: null,
    bytes: null,
  });
}

/** `*` means the columns that are there now; later ones do not become part of the view. */
function readsOf(
  catalog: Catalog,
  references: readonly RelationReference[],
  columns: readonly string[] | null,
): View['reads'] {
  const reads = new Map<string, View['reads'][number]>();
  for (const reference of references) {
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
      indexes: [],
      rowsEstimate: null,
      bytes: null,
    });
  }
  return putRelation(catalog, { ...bareTable(name, 'permanent'), columns: columnsOfQuery(catalog, action) });
}

/** The columns that a query names, as the parser tells for a view of it; null when it takes whole rows. */
function columnsNamedIn(query: string): readonly string[] | null {
  try {
    const action = parseStatements(`CREATE VIEW query AS ${query}`, 'query')[0]?.action;
    return action?.kind === 'create-view' ? action.columns : null;
  } catch (error) {
    // EXECUTE of a prepared statement is no query that a view could be made of.
    if (error instanceof SqlSyntaxError) return null;
    throw error;
  }
}

const PLAIN_QUERY =
  /^\s*SELECT\s+(\*|[\w"]+(?:\s*,\s*[\w"]+)*)\s+FROM\s+[\w".]+(?:\s+(?:WHERE|ORDER|LIMIT)\b.*)?\s*$/is;

function columnsOfQuery(catalog: Catalog, action: CreateTableAs): ReturnType<typeof bareTable>['columns'] {
  const [source] = action.reads;
  const list = PLAIN_QUERY.exec(action.sql)?.[1];
  const table = source === undefined || action.reads.length > 1 ? null : findRelation(catalog, source);
  if (list === undefined || table?.kind !== 'table') return [];
  const names = list === '*' ? null : list.split(',').map((one) => identifierOf(one.trim()));
  const picked =
    names === null
      ? table.columns
      : names.flatMap((name) => table.columns.find((column) => column.name === name) ?? []);
  if (names !== null && picked.length !== names.length) return [];
  return picked.map((column) => ({ ...column, notNull: false, default: null, identity: null, generated: null }));
}

function identifierOf(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text.toLowerCase();
}
