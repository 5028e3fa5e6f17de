import type { Column, Table } from '../../model/catalog.ts';
import { tableOf } from '../../model/catalog-lookup.ts';
import type { ForeignKeyDefinition } from '../../model/definition.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import type { ConstraintPlace } from './constraint-place.ts';
import {
  type FactsContext,
  hasStorage,
  keyOf,
  lockTree,
  lookUp,
  partitionsBelow,
  requireColumn,
} from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { isInheritedConstraint } from './inheritance.ts';
import { refuseReferences } from './referenced-key.ts';
import { fillsItself } from './table-in-pass.ts';

/** ADD FOREIGN KEY: SHARE ROW EXCLUSIVE on both sides, and both are read unless it is NOT VALID. */
export function addForeignKeyFacts(
  context: FactsContext,
  table: Table,
  key: ForeignKeyDefinition,
  place: ConstraintPlace,
): void {
  const { draft } = context;
  const referenced = keyOf(context, key.references);
  lockPartitions(context, table, place.only);
  lockReferenced(context, referenced);
  refuseForeignKey(context, table, key, place);
  // What goes in the same statement goes from the partitions, too.
  const isDropped = place.droppedForeignKeys?.some((one) => one.join() === key.columns.join()) === true;
  const covered = isDropped ? new Set<RelationKey>() : partitionsWithEqualKey(context, table, referenced, key);
  if (covered.size > 0) {
    // The partition's own triggers on the referenced table give way to the parent's.
    addLock(draft, referenced, 'ACCESS EXCLUSIVE');
    draft.because.add('Partitions that have the same valid foreign key keep it and are not read.');
  }
  const isWritten = place.newColumn === undefined || place.newColumn.default !== null || fillsItself(place.newColumn);
  if (!key.valid || !key.enforced || !isWritten) {
    draft.because.add('The foreign key is not checked against the rows that are there, so nothing is read.');
    return;
  }
  const isEmpty = isAllNull(key, place);
  for (const one of withPartitions(context, table)) {
    if (!hasStorage(one) || covered.has(relationKey(one.name))) continue;
    draft.scans.add(relationKey(one.name));
    // Nothing to look up, and so nothing is read on the other side (measured on 13 and 18).
    if (!isEmpty && !context.isEmpty(relationKey(one.name))) scanReferenced(context, referenced);
  }
  draft.because.add(
    isEmpty
      ? 'The column is new and holds NULL everywhere, so nothing is looked up in the referenced table.'
      : context.isEmpty(relationKey(table.name))
        ? 'The table is new and empty, so nothing is looked up in the referenced table; both are locked for a moment.'
        : 'ADD FOREIGN KEY locks both tables against writes while it reads them (measured on 13 to 18).',
  );
}

function isAllNull(key: ForeignKeyDefinition, place: ConstraintPlace): boolean {
  if (place.newColumn !== undefined) return place.newColumn.default?.sql.toUpperCase() === 'NULL';
  return key.columns.some((column) => place.emptyColumns?.includes(column) === true);
}

/** The table and its partitions at any depth; a foreign key does not reach tables that merely inherit. */
export function withPartitions(context: FactsContext, table: Table): readonly Table[] {
  return [table, ...partitionsBelow(context, table).flatMap((one) => withPartitions(context, one))];
}

function lockPartitions(context: FactsContext, table: Table, only: boolean): void {
  lockTree(context, table, 'SHARE ROW EXCLUSIVE', only || table.partitionBy === null);
}

function lockReferenced(context: FactsContext, referenced: RelationKey): void {
  addLock(context.draft, referenced, 'SHARE ROW EXCLUSIVE');
  const target = tableOf(context.catalog, referenced);
  if (target !== null) lockPartitions(context, target, false);
}

function scanReferenced(context: FactsContext, referenced: RelationKey): void {
  const target = tableOf(context.catalog, referenced);
  if (target === null) return void context.draft.scans.add(referenced);
  for (const one of withPartitions(context, target)) {
    if (hasStorage(one)) context.draft.scans.add(relationKey(one.name));
  }
}

function refuseForeignKey(
  context: FactsContext,
  table: Table,
  key: ForeignKeyDefinition,
  place: ConstraintPlace,
): void {
  const { draft, version } = context;
  const target = lookUp(context, key.references);
  if (table.partitionBy !== null) {
    const name = relationKey(table.name);
    if (place.only) addFailure(draft, '42809', `${name} is partitioned: ONLY cannot be used for a foreign key`);
    if (!key.valid && version.major < 18) {
      addFailure(draft, '42809', 'a NOT VALID foreign key on a partitioned table is refused before PostgreSQL 18');
    }
  }
  if (target === null) return;
  if (target.kind !== 'table') return addFailure(draft, '42809', `${relationKey(target.name)} is not a table`);
  if (place.newColumn === undefined) for (const column of key.columns) requireColumn(context, table, column);
  const isVirtual = (name: string): boolean =>
    table.columns.some((one) => one.name === name && one.generated === 'virtual');
  if (key.columns.some(isVirtual)) addFailure(draft, '0A000', 'a virtual column cannot refer to another table');
  const isSelf = relationKey(target.name) === relationKey(table.name);
  // A key of the table itself may come with the same statement.
  // Without columns it is the primary key that is meant.
  const wanted = key.referencedColumns.length > 0 ? ['primary-key', 'unique'] : ['primary-key'];
  if (isSelf && place.bringsKey != null && wanted.includes(place.bringsKey)) return;
  const columnOf = (name: string): Pick<Column, 'type' | 'generated'> | undefined =>
    place.newColumn?.name === name ? place.newColumn : table.columns.find((one) => one.name === name);
  refuseReferences(context, target, key, {
    persistence: table.persistence,
    typeOf: (name) => columnOf(name)?.type,
    isGenerated: (name) => columnOf(name)?.generated != null,
  });
}

/** The partitions, with all below them, that need no check of their own because they have the same valid foreign key. */
function partitionsWithEqualKey(
  context: FactsContext,
  table: Table,
  referenced: RelationKey,
  key: ForeignKeyDefinition,
): ReadonlySet<RelationKey> {
  const covered = new Set<RelationKey>();
  for (const one of partitionsBelow(context, table)) {
    const found = hasEqualForeignKey(context, one, referenced, key.columns)
      ? withPartitions(context, one).map((below) => relationKey(below.name))
      : partitionsWithEqualKey(context, one, referenced, key);
    for (const name of found) covered.add(name);
  }
  return covered;
}

/** Whether a table has a valid foreign key of its own, of those columns to that table. */
export function hasEqualForeignKey(
  context: FactsContext,
  table: Table,
  referenced: RelationKey,
  columns: readonly string[],
): boolean {
  return table.constraints.some(
    (one) =>
      one.kind === 'foreign-key' &&
      one.valid &&
      one.references === referenced &&
      one.columns.join() === columns.join() &&
      !isInheritedConstraint(context, table, one),
  );
}
