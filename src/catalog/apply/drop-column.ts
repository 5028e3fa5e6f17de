import type { Catalog, Index, Table, TableConstraint } from '../../model/catalog.ts';
import { ownedSequences, referencingTables, tableOf, viewsReading } from '../../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { mapTables, treeOf, updateTable } from '../edit-catalog.ts';
import { dropRelations } from './drop-relation.ts';

export interface DropColumnOptions {
  readonly cascade: boolean;
  readonly only: boolean;
}

/** Before 15 a generated column goes with a column that it is made of, without CASCADE. */
const GENERATED_KEEP_SOURCES_SINCE = 15;

/**
 * DROP COLUMN, with the indexes, constraints and sequences that cannot be without it. Without CASCADE the server
 * refuses while a foreign key elsewhere points at the column, a view reads it, a generated column is made of it or a
 * default elsewhere draws from a sequence that goes with it; then nothing changes.
 */
export function dropColumn(
  catalog: Catalog,
  key: RelationKey,
  column: string,
  { cascade, only }: DropColumnOptions,
): Catalog {
  let changed = catalog;
  for (const target of treeOf(catalog, key, only)) {
    const next = dropColumnHere(changed, target, column, cascade);
    if (next === null) return catalog;
    changed = next;
  }
  // Only now: the columns of the tables below drew from it, too.
  const owned = treeOf(catalog, key, only).flatMap((target) => ownedSequences(catalog, target, column));
  const without = dropRelations(changed, owned, cascade);
  return owned.some((sequence) => without.relations[sequence] !== undefined) ? catalog : without;
}

function dropColumnHere(catalog: Catalog, key: RelationKey, column: string, cascade: boolean): Catalog | null {
  const table = tableOf(catalog, key);
  if (table === null || !table.columns.some((own) => own.name === column)) return catalog;
  const pointing = referencingTables(catalog, key).filter(
    ({ table: source, constraint }) =>
      constraint.referencedColumns.includes(column) &&
      !(relationKey(source.name) === key && constraint.columns.includes(column)),
  );
  const generated = table.columns.filter((own) => own.generated !== null && own.default?.columns.includes(column));
  const takesGenerated = cascade || catalog.serverMajor < GENERATED_KEEP_SOURCES_SINCE;
  const views = viewsReading(catalog, key, column);
  if (!cascade && (pointing.length > 0 || views.length > 0)) return null;
  if (generated.length > 0 && !takesGenerated) return null;
  let changed = dropRelations(
    catalog,
    views.map((view) => relationKey(view.name)),
    true,
  );
  for (const own of generated) changed = dropColumnHere(changed, key, own.name, true) ?? changed;
  const gone = new Set(pointing.map(({ constraint }) => constraint));
  const sources = new Set(pointing.map(({ table: source }) => relationKey(source.name)));
  changed = mapTables(changed, sources, (one) => ({
    ...one,
    constraints: one.constraints.filter((own) => own.kind !== 'foreign-key' || !gone.has(own)),
  }));
  return updateTable(changed, key, (one) => withoutColumn(one, column));
}

function withoutColumn(table: Table, column: string): Table {
  const gone = table.indexes.filter((index) => indexUses(index, column));
  return {
    ...table,
    columns: table.columns.filter((own) => own.name !== column),
    indexes: table.indexes.filter((index) => !gone.includes(index)),
    constraints: table.constraints.filter(
      (one) => !constraintUses(one, column) && !gone.some((index) => index.constraint === one.name),
    ),
    triggers: table.triggers.filter((trigger) => !trigger.columns.includes(column)),
  };
}

/** Whether an index needs a column: as a key, in an expression, in its predicate, or carried along. */
export function indexUses(index: Index, column: string): boolean {
  return (
    index.keys.some((one) => one.column === column || one.expression?.columns.includes(column) === true) ||
    index.include.includes(column) ||
    index.predicate?.columns.includes(column) === true
  );
}

function constraintUses(constraint: TableConstraint, column: string): boolean {
  switch (constraint.kind) {
    case 'check':
      return constraint.expression.columns.includes(column);
    case 'not-null':
      return constraint.column === column;
    case 'exclude':
      return false;
    default:
      return constraint.columns.includes(column);
  }
}
