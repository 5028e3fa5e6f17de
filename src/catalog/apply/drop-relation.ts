import type { Catalog, Relation, Table } from '../../model/catalog.ts';
import {
  childrenOf,
  ownedSequences,
  referencingTables,
  tablesThatDraw,
  viewsReading,
} from '../../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { directPartitions, mapTables, removeRelations } from '../edit-catalog.ts';
import { sequencesOf } from './sequence-default.ts';

/**
 * The catalog without some relations and what goes with them: partitions, owned sequences, and with CASCADE everything
 * that hangs on them. Without CASCADE the server refuses as long as something does; then nothing changes.
 */
export function dropRelations(catalog: Catalog, roots: readonly RelationKey[], cascade: boolean): Catalog {
  const dropped = new Set(roots.filter((key) => catalog.relations[key] !== undefined));
  // A set walks over what is added while it is walked.
  for (const key of dropped) {
    for (const partition of directPartitions(catalog, key)) dropped.add(relationKey(partition.name));
    for (const sequence of ownedSequences(catalog, key)) dropped.add(sequence);
    if (!cascade) continue;
    for (const child of childrenOf(catalog, key)) dropped.add(relationKey(child.name));
    for (const view of viewsReading(catalog, key)) dropped.add(relationKey(view.name));
  }
  if (dropped.size === 0) return catalog;
  const users = [...new Set([...dropped].flatMap((key) => usersOf(catalog, key)))].filter((key) => !dropped.has(key));
  if (!cascade && users.some((key) => dependsOn(catalog, catalog.relations[key], dropped))) return catalog;
  const released = mapTables(catalog, users, (table) => releaseTable(catalog, table, dropped));
  return removeRelations(released, dropped);
}

/** What may hang on a relation. */
function usersOf(catalog: Catalog, key: RelationKey): readonly RelationKey[] {
  const tables = [
    ...childrenOf(catalog, key),
    ...referencingTables(catalog, key).map(({ table }) => table),
    ...(catalog.relations[key]?.kind === 'sequence' ? tablesThatDraw(catalog) : []),
  ];
  return [...tables, ...viewsReading(catalog, key)].map(({ name }) => relationKey(name));
}

function dependsOn(catalog: Catalog, relation: Relation | undefined, dropped: ReadonlySet<RelationKey>): boolean {
  if (relation === undefined || relation.kind === 'sequence') return false;
  if (relation.kind !== 'table') return relation.reads.some((read) => dropped.has(read.relation));
  return (
    relation.inherits.some((parent) => dropped.has(parent)) ||
    relation.constraints.some((one) => one.kind === 'foreign-key' && dropped.has(one.references)) ||
    relation.columns.some((column) => sequencesOf(catalog, column.default).some((key) => dropped.has(key)))
  );
}

function releaseTable(catalog: Catalog, table: Table, dropped: ReadonlySet<RelationKey>): Table {
  return {
    ...table,
    inherits: table.inherits.filter((parent) => !dropped.has(parent)),
    constraints: table.constraints.filter((one) => one.kind !== 'foreign-key' || !dropped.has(one.references)),
    columns: table.columns.map((column) =>
      sequencesOf(catalog, column.default).some((key) => dropped.has(key)) ? { ...column, default: null } : column,
    ),
  };
}
