import type { CreateTable, Publication } from '../../model/action.ts';
import type { Catalog, Table } from '../../model/catalog.ts';
import { findTable, nameForCreation, partitionsOf, tableOf } from '../../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { getsPrimaryKeyLater } from '../gets-primary-key.ts';
import { hasReplicaIdentity } from '../published.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** A table that nothing tells rows apart in is published: its UPDATEs and DELETEs fail at once. */
export const publicationWithoutIdentity: Rule = {
  id: 'publication-without-identity',
  severity: 'error',
  about: ['publication', 'create-table'],
  summary: 'A table without a replica identity is published: its UPDATEs and DELETEs fail at once.',
  remedy:
    'Give the table a primary key first, or REPLICA IDENTITY USING INDEX; REPLICA IDENTITY FULL works for any table, at a price.',
  check(input) {
    const { action, catalog, facts } = input;
    if (facts.failure !== null) return null;
    const tables = withoutIdentity(
      action.kind === 'publication' || action.kind === 'create-table' ? action : null,
      catalog,
    );
    const broken = tables.filter((table) => !getsPrimaryKeyLater(input, table));
    if (broken.length === 0) return null;
    return {
      title: `Publishes ${list(broken)} without a primary key or other replica identity.`,
      consequence: `Every UPDATE and DELETE of ${list(broken)} fails with 55000 from the commit on; INSERT works, so tests may not show it.`,
      relations: broken,
    };
  },
};

function withoutIdentity(action: Publication | CreateTable | null, catalog: Catalog): readonly RelationKey[] {
  if (action?.kind === 'create-table') return isPublishedAtOnce(action, catalog) ? [keyOf(action, catalog)] : [];
  if (action === null || action.publishesChanges === false || action.change === 'drop') return [];
  const existing = catalog.publications?.find((one) => one.name === action.name);
  if (action.verb === 'alter' && action.publishesChanges === undefined && existing?.insertsOnly === true) return [];
  return published(action, catalog)
    .filter((table) => table.persistence === 'permanent' && table.partitionBy === null && !hasReplicaIdentity(table))
    .map((table) => relationKey(table.name));
}

function published(action: Publication, catalog: Catalog): readonly Table[] {
  if (action.allTables || (action.schemas ?? []).length > 0) {
    return Object.values(catalog.relations).flatMap((one) =>
      one.kind === 'table' && (action.allTables || action.schemas?.includes(one.name.schema)) ? [one] : [],
    );
  }
  return action.tables.flatMap((name) => {
    const table = findTable(catalog, name);
    if (table === null) return [];
    return [table, ...partitionsOf(catalog, relationKey(table.name)).flatMap((key) => tableOf(catalog, key) ?? [])];
  });
}

/** A new table is in a publication of all tables, or of its schema, from the start. */
function isPublishedAtOnce(action: CreateTable, catalog: Catalog): boolean {
  const { schema } = nameForCreation(catalog, action.name);
  const isIn = catalog.publications?.some(
    (one) => one.insertsOnly !== true && (one.allTables || one.schemas.includes(schema)),
  );
  const isPlain = action.persistence === 'permanent' && action.partitionBy === null && action.partitionOf === null;
  const constraints = [...action.constraints, ...action.columns.flatMap((column) => column.constraints)];
  const hasKey = action.like.length > 0 || constraints.some((one) => one.kind === 'primary-key');
  return isIn === true && isPlain && !hasKey && catalog.relations[keyOf(action, catalog)] === undefined;
}

function keyOf(action: CreateTable, catalog: Catalog): RelationKey {
  return relationKey(nameForCreation(catalog, action.name));
}
