import type { Table } from '../../model/catalog.ts';
import { childrenOf } from '../../model/catalog-lookup.ts';
import type { ColumnDefinition, KeyDefinition } from '../../model/definition.ts';
import { relationKey } from '../../model/relation-name.ts';
import type { ConstraintPlace } from './constraint-place.ts';
import {
  type FactsContext,
  hasStorage,
  isKnown,
  lockTree,
  partitionsBelow,
  requireColumn,
  withDescendants,
} from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { refuseKeyTypes } from './index-support.ts';
import { provenNotNull, scanUnlessProven } from './not-null-proof.ts';
import { buildIndex, buildPart, refuseWithoutPartitionKey, type WantedIndex } from './partition-indexes.ts';

/** ADD UNIQUE and ADD PRIMARY KEY: an index built under ACCESS EXCLUSIVE, unless one is there to be used. */
export function addKeyFacts(context: FactsContext, table: Table, key: KeyDefinition, place: ConstraintPlace): void {
  const { draft } = context;
  const tableKey = relationKey(table.name);
  addLock(draft, tableKey, 'ACCESS EXCLUSIVE');
  const refuseSecond = (): void => {
    const hasOne = key.kind === 'primary-key' && table.constraints.some((one) => one.kind === 'primary-key');
    if (hasOne) addFailure(draft, '42P16', `${tableKey} has a primary key already`);
  };
  if (key.usingIndex !== null) {
    takeIndexFacts(context, table, key, key.usingIndex);
    return refuseSecond();
  }
  if (place.newColumn === undefined) for (const column of key.columns) requireColumn(context, table, column);
  refuseSecond();
  refuseKeyTypes(context, withNew(table, place.newColumn), {
    method: /\bWITHOUT\s+OVERLAPS\b/i.test(key.sql) ? 'gist' : 'btree',
    unique: true,
    keys: key.columns.map((column) => ({ column, expression: null })),
    include: key.include,
    isOrdered: false,
  });
  const isOpened = place.opened?.some((name) => key.columns.includes(name)) === true;
  if (key.kind === 'primary-key' && isOpened) {
    addFailure(draft, '42P16', `a column of ${tableKey} was NOT NULL until this statement`);
  }
  const unsure = table.constraints.find(
    (one) => one.kind === 'not-null' && !one.valid && key.columns.includes(one.column),
  );
  if (key.kind === 'primary-key' && unsure !== undefined) {
    addFailure(draft, '55000', `${unsure.name} of ${tableKey} is NOT VALID`);
  }
  if (key.kind === 'primary-key' && place.only && context.version.major >= 18) refuseOpenBelow(context, table, key);
  const virtual = table.columns.find((one) => one.generated === 'virtual' && key.columns.includes(one.name));
  if (virtual !== undefined) addFailure(draft, '0A000', `${virtual.name} is virtual and cannot be in a key`);
  refuseWithoutPartitionKey(context, table, key.columns, place.only);
  const isNew = place.newColumn !== undefined;
  lockBelow(context, table, key, isNew, place.only);
  build(context, table, key, place);
  draft.because.add(`${key.kind === 'unique' ? 'UNIQUE' : 'PRIMARY KEY'} builds its index while the table is locked.`);
}

/** ONLY leaves what is below as it is; since 18 the server stumbles over a column there that is not NOT NULL (XX000). */
function refuseOpenBelow(context: FactsContext, table: Table, key: KeyDefinition): void {
  for (const child of childrenOf(context.catalog, relationKey(table.name))) {
    const open = key.columns.find((column) => !isNotNull(child, column));
    if (open !== undefined) addFailure(context.draft, 'XX000', `${relationKey(child.name)}.${open} is not NOT NULL`);
  }
}

function withNew(table: Table, column: ColumnDefinition | undefined): Pick<Table, 'columns'> {
  return column === undefined ? table : { columns: [...table.columns, { ...column, notNull: false }] };
}

/** Since 18 a new key locks the partitions like the parent; before, only a column that becomes NOT NULL did. */
function lockBelow(context: FactsContext, table: Table, key: KeyDefinition, isNew: boolean, only: boolean): void {
  // NOT NULL goes down to what merely inherits.
  if (key.kind === 'primary-key' && table.partitionBy === null) lockTree(context, table, 'ACCESS EXCLUSIVE', only);
  if (only || table.partitionBy === null) return;
  for (const one of withDescendants(context, table)) {
    const turnsNotNull =
      key.kind === 'primary-key' && key.columns.some((column) => !isNew && !isNotNull(table, column));
    const isStrong = one === table || context.version.major >= 18 || turnsNotNull;
    // A key that can be deferred is kept by a trigger on each.
    const belowMode = key.deferrable ? 'SHARE ROW EXCLUSIVE' : 'SHARE';
    addLock(context.draft, relationKey(one.name), isStrong ? 'ACCESS EXCLUSIVE' : belowMode);
  }
}

function isNotNull(table: Table, column: string): boolean {
  return table.columns.some((one) => one.name === column && one.notNull);
}

function build(context: FactsContext, table: Table, key: KeyDefinition, place: ConstraintPlace): void {
  const { only } = place;
  const wanted: WantedIndex = {
    method: /\bWITHOUT\s+OVERLAPS\b/i.test(key.sql) ? 'gist' : 'btree',
    unique: true,
    keys: key.columns.map((column) => ({ column, expression: null })),
    include: key.include,
    predicate: null,
    constraint: key.kind,
  };
  if (hasStorage(table)) buildIndex(context, table, wanted, key.name);
  else if (!only) {
    const before = new Set(context.draft.scans);
    for (const part of partitionsBelow(context, table)) buildPart(context, part, wanted);
    // Measured on 13 to 18: no partition is read.
    if (place.leavesIndexesEmpty === true) {
      for (const one of context.draft.scans) if (!before.has(one)) context.draft.scans.delete(one);
    }
  }
  if (key.kind !== 'primary-key') return;
  for (const one of only ? [table] : withDescendants(context, table)) {
    const isOpen = key.columns.some(
      (column) => !provenNotNull(one, column) && one.columns.some((c) => c.name === column),
    );
    if (isOpen && hasStorage(one)) context.draft.scans.add(relationKey(one.name));
  }
}

/** USING INDEX: the index becomes the constraint's; rows are read only where the key may still hold NULL. */
function takeIndexFacts(context: FactsContext, table: Table, key: KeyDefinition, name: string): void {
  const { draft } = context;
  const index = table.indexes.find((one) => one.name === name);
  if (index === undefined) {
    if (isKnown(table)) addFailure(draft, '42704', `${relationKey(table.name)} has no index ${name}`);
    else draft.unknown.add(`The index ${name} is not in the schema given.`);
    return;
  }
  if (index.constraint !== null) addFailure(draft, '55000', `the index ${name} belongs to a constraint already`);
  if (!index.valid) addFailure(draft, '55000', `the index ${name} is not valid`);
  if (!index.unique) addFailure(draft, '42809', `the index ${name} is not unique`);
  if (index.keys.some((one) => one.column === null)) addFailure(draft, '42809', `the index ${name} has expressions`);
  if (index.predicate !== null) addFailure(draft, '42809', `the index ${name} leaves rows out`);
  if (table.partitionBy !== null) {
    addFailure(draft, '0A000', `${relationKey(table.name)} is partitioned: USING INDEX works on its partitions only`);
  }
  const columns = index.keys.flatMap((one) => (one.column === null ? [] : [one.column]));
  if (key.kind === 'primary-key') scanUnlessProven(context, table, columns, true);
  draft.because.add('USING INDEX takes over an index that is built already, so nothing is built under the lock.');
}
