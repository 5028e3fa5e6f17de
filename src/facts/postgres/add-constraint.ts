import type { Table } from '../../model/catalog.ts';
import { tableOf } from '../../model/catalog-lookup.ts';
import type {
  ColumnDefinition,
  ConstraintDefinition,
  ForeignKeyDefinition,
  KeyDefinition,
} from '../../model/definition.ts';
import { relationKey } from '../../model/relation-name.ts';
import { constraintIndexName } from './constraint-index-name.ts';
import { type FactsContext, hasStorage, indexKey, keyOf, lockTree, lookUp, withDescendants } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { provenNotNull } from './not-null-proof.ts';

export interface ConstraintPlace {
  readonly only: boolean;
  /** Set when the constraint is written at a column that the same command adds. */
  readonly newColumn?: ColumnDefinition;
}

/** ADD CONSTRAINT of any kind, and the constraints written at an added column. */
export function addConstraintFacts(
  context: FactsContext,
  table: Table,
  constraint: ConstraintDefinition,
  place: ConstraintPlace,
): void {
  switch (constraint.kind) {
    case 'foreign-key':
      return addForeignKeyFacts(context, table, constraint, place);
    case 'primary-key':
    case 'unique':
      return addKeyFacts(context, table, constraint, place);
    case 'check':
      lockTree(context, table, 'ACCESS EXCLUSIVE', place.only);
      if (constraint.valid && constraint.enforced) scanTree(context, table, place.only);
      explainCheck(context, constraint.valid);
      return;
    case 'not-null':
      if (place.newColumn !== undefined) return;
      lockTree(context, table, 'ACCESS EXCLUSIVE', place.only);
      if (constraint.valid) scanUnlessProven(context, table, [constraint.column], place.only);
      return;
    case 'exclude':
      lockTree(context, table, 'ACCESS EXCLUSIVE', place.only);
      scanTree(context, table, place.only);
      buildConstraintIndexes(context, table, constraint.name, constraint.columns, 'exclude');
      context.draft.because.add(
        'An EXCLUDE constraint always builds its index under ACCESS EXCLUSIVE; there is no online way.',
      );
  }
}

function explainCheck(context: FactsContext, valid: boolean): void {
  context.draft.because.add(
    valid
      ? 'ADD CHECK reads every row under ACCESS EXCLUSIVE (measured on 13 to 18).'
      : 'NOT VALID checks new rows only; rows that are there already are not read.',
  );
}

function scanTree(context: FactsContext, table: Table, only: boolean): void {
  for (const one of only ? [table] : withDescendants(context, table)) {
    if (hasStorage(one)) context.draft.scans.add(relationKey(one.name));
  }
}

/** Reads every row for NULLs, except where a valid CHECK (c IS NOT NULL) or the column itself already proves it. */
export function scanUnlessProven(context: FactsContext, table: Table, columns: readonly string[], only: boolean): void {
  for (const one of only ? [table] : withDescendants(context, table)) {
    const open = columns.filter((column) => !provenNotNull(one, column));
    if (open.length === 0) {
      context.draft.because.add(
        `A valid constraint already proves that ${columns.join(', ')} holds no NULL, so no row is read.`,
      );
    } else if (hasStorage(one)) {
      context.draft.scans.add(relationKey(one.name));
    }
  }
}

function addKeyFacts(context: FactsContext, table: Table, key: KeyDefinition, place: ConstraintPlace): void {
  const { draft } = context;
  addLock(draft, relationKey(table.name), 'ACCESS EXCLUSIVE');
  const needsNotNull = key.kind === 'primary-key' && place.newColumn === undefined;
  if (key.usingIndex !== null) {
    const index = table.indexes.find((one) => one.name === key.usingIndex);
    const columns = index?.keys.flatMap((one) => (one.column === null ? [] : [one.column])) ?? [];
    if (needsNotNull) scanUnlessProven(context, table, columns, true);
    draft.because.add('USING INDEX takes over an index that is built already, so nothing is built under the lock.');
    return;
  }
  if (key.kind === 'primary-key' && table.constraints.some((one) => one.kind === 'primary-key')) {
    addFailure(draft, '42P16', `${relationKey(table.name)} has a primary key already`);
  }
  for (const one of place.only ? [table] : withDescendants(context, table)) {
    const isTop = one === table;
    const mode = isTop || needsNotNull || context.version.major >= 18 ? 'ACCESS EXCLUSIVE' : 'SHARE';
    addLock(draft, relationKey(one.name), mode);
    if (!hasStorage(one)) continue;
    draft.scans.add(relationKey(one.name));
  }
  buildConstraintIndexes(context, table, key.name, key.columns, key.kind);
  draft.because.add(`${key.kind === 'unique' ? 'UNIQUE' : 'PRIMARY KEY'} builds its index while the table is locked.`);
}

function buildConstraintIndexes(
  context: FactsContext,
  table: Table,
  name: string | null,
  columns: readonly string[],
  kind: 'primary-key' | 'unique' | 'exclude',
): void {
  for (const one of withDescendants(context, table)) {
    const given = one === table ? name : null;
    context.draft.indexBuilds.add(indexKey(one, given ?? constraintIndexName(context.catalog, one, columns, kind)));
  }
}

function addForeignKeyFacts(
  context: FactsContext,
  table: Table,
  key: ForeignKeyDefinition,
  place: ConstraintPlace,
): void {
  const { draft, version } = context;
  lockTree(context, table, 'SHARE ROW EXCLUSIVE', place.only);
  const referenced = keyOf(context, key.references);
  addLock(draft, referenced, 'SHARE ROW EXCLUSIVE');
  const target = lookUp(context, key.references);
  if (target?.kind === 'table') lockTree(context, target, 'SHARE ROW EXCLUSIVE');
  if (!key.valid && table.partitionBy !== null && version.major < 18) {
    addFailure(draft, '42809', 'a NOT VALID foreign key on a partitioned table is refused before PostgreSQL 18');
  }
  const hasValues =
    place.newColumn === undefined ||
    (place.newColumn.default !== null && place.newColumn.default.sql.toUpperCase() !== 'NULL');
  if (!key.valid || !key.enforced || !hasValues) {
    draft.because.add('The foreign key is not checked against the rows that are there, so nothing is read.');
    return;
  }
  for (const one of withDescendants(context, table)) {
    const covered = one !== table && hasEqualForeignKey(one, referenced, key);
    if (hasStorage(one) && !covered) readBothSides(context, one, referenced);
  }
  draft.because.add('ADD FOREIGN KEY locks both tables against writes while it reads them (measured on 13 to 18).');
}

function hasEqualForeignKey(table: Table, referenced: string, key: ForeignKeyDefinition): boolean {
  return table.constraints.some(
    (one) =>
      one.kind === 'foreign-key' &&
      one.valid &&
      one.references === referenced &&
      one.columns.join() === key.columns.join(),
  );
}

function readBothSides(context: FactsContext, child: Table, referenced: string): void {
  context.draft.scans.add(relationKey(child.name));
  const parent = tableOf(context.catalog, referenced);
  if (parent === null) {
    context.draft.scans.add(referenced);
    return;
  }
  for (const one of withDescendants(context, parent))
    if (hasStorage(one)) context.draft.scans.add(relationKey(one.name));
}
