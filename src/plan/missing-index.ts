import type { Catalog, Table } from '../model/catalog.ts';
import { findRelation, findTable } from '../model/catalog-lookup.ts';
import { hasLeadingIndex, leadsWith } from '../model/leading-index.ts';
import { makeObjectName } from '../model/object-name.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { Statement } from '../model/statement.ts';
import { quoteIdentifier } from '../sql/postgres/quote.ts';

/**
 * The index that a new foreign key lacks, with the statement that would build it. It is no step: a plan ends where the
 * statements end. Null when there is one, when the file makes one further down, and for any other statement.
 */
export function missingIndex(
  { action }: Statement,
  later: readonly Statement[],
  catalog: Catalog,
  isFresh: (relation: RelationKey) => boolean,
): string | null {
  if (action.kind !== 'alter-table') return null;
  const table = findTable(catalog, action.name);
  const command = action.commands[0];
  if (table === null || isFresh(relationKey(table.name)) || command?.kind !== 'add-constraint') return null;
  const { constraint } = command;
  if (constraint.kind !== 'foreign-key' || hasLeadingIndex(table, constraint.columns)) return null;
  // A column of the plan's own gets the indexes of the one that it replaces.
  if (constraint.columns.some((name) => name.startsWith('evenkeel_'))) return null;
  if (later.some((one) => builds(one, table, constraint.columns, catalog))) return null;
  const key = relationKey(table.name);
  const other = findRelation(catalog, constraint.references);
  const referenced = other === null ? 'the other table' : relationKey(other.name);
  const columns = constraint.columns.map(quoteIdentifier).join(', ');
  const name = quoteIdentifier(makeObjectName(table.name.name, constraint.columns.join('_'), 'idx'));
  // On a partitioned table the planner makes the partitions' indexes one by one.
  const way = table.partitionBy === null ? 'CREATE INDEX CONCURRENTLY' : 'CREATE INDEX';
  return `No index of ${key} begins with ${columns}, so every DELETE in ${referenced} reads all of it. The plan ends as the statement does; to add one: ${way} ${name} ON ${key} (${columns});`;
}

function builds({ action }: Statement, table: Table, columns: readonly string[], catalog: Catalog): boolean {
  if (action.kind !== 'create-index' || action.predicate !== null || !leadsWith(action, columns)) return false;
  const indexed = findTable(catalog, action.table);
  return indexed !== null && relationKey(indexed.name) === relationKey(table.name);
}
