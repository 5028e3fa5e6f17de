import type { CheckConstraint, Table } from '../../model/catalog.ts';
import type {
  CheckDefinition,
  ConstraintDefinition,
  ExclusionDefinition,
  NotNullDefinition,
} from '../../model/definition.ts';
import { relationKey } from '../../model/relation-name.ts';
import { addForeignKeyFacts } from './add-foreign-key.ts';
import { addKeyFacts } from './add-key.ts';
import type { ConstraintPlace } from './constraint-place.ts';
import {
  type FactsContext,
  hasChildren,
  hasStorage,
  lockTree,
  reached,
  requireColumn,
  scanTree,
} from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { refuseKeyTypes } from './index-support.ts';
import { isValidNotNull, scanUnlessProven } from './not-null-proof.ts';
import { buildIndex } from './partition-indexes.ts';

/** ADD CONSTRAINT of any kind, and the constraints written at an added column. */
export function addConstraintFacts(
  context: FactsContext,
  table: Table,
  constraint: ConstraintDefinition,
  place: ConstraintPlace,
): void {
  refuseTakenName(context, table, constraint);
  // Since 18 everything below is locked before it is known what the constraint has to do with it.
  if (context.version.major >= 18 && !place.only) {
    lockTree(context, table, constraint.kind === 'foreign-key' ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE');
  }
  switch (constraint.kind) {
    case 'foreign-key':
      return addForeignKeyFacts(context, table, constraint, place);
    case 'primary-key':
    case 'unique':
      return addKeyFacts(context, table, constraint, place);
    case 'check':
      return addCheckFacts(context, table, constraint, place);
    case 'not-null':
      if (place.newColumn !== undefined) return;
      lockTree(context, table, 'ACCESS EXCLUSIVE', place.only);
      requireColumn(context, table, constraint.column);
      refuseOtherName(context, table, constraint);
      if (place.only && hasChildren(context, table) && !isValidNotNull(table, constraint.column)) {
        addFailure(context.draft, '42P16', `the tables below ${relationKey(table.name)} need the constraint too`);
      }
      if (!constraint.valid) return;
      // What goes in the same statement goes below, too.
      if (place.opened?.includes(constraint.column) === true) scanTree(context, table, place.only);
      else scanUnlessProven(context, table, [constraint.column], place.only);
      return;
    case 'exclude':
      addLock(context.draft, relationKey(table.name), 'ACCESS EXCLUSIVE');
      for (const column of constraint.columns) requireColumn(context, table, column);
      refuseExclusion(context, table, constraint);
      buildExclusion(context, table, constraint.name, constraint.columns);
      context.draft.because.add(
        'An EXCLUDE constraint always builds its index under ACCESS EXCLUSIVE; there is no online way.',
      );
  }
}

/** A CHECK of the same name may be there on children, never on the table itself. */
function refuseTakenName(context: FactsContext, table: Table, constraint: ConstraintDefinition): void {
  const { name } = constraint;
  if (name === null || !table.constraints.some((one) => one.name === name)) return;
  const bringsIndex =
    constraint.kind === 'primary-key' || constraint.kind === 'unique' || constraint.kind === 'exclude';
  const hasIndex = table.indexes.some((one) => one.name === name);
  const sqlstate = bringsIndex && hasIndex ? '42P07' : '42710';
  addFailure(context.draft, sqlstate, `${relationKey(table.name)} has a constraint ${name} already`);
}

function addCheckFacts(context: FactsContext, table: Table, check: CheckDefinition, place: ConstraintPlace): void {
  const { draft, version } = context;
  const only = place.only || check.noInherit;
  // Before 18 children of a NO INHERIT check were left alone from the start.
  lockTree(context, table, 'ACCESS EXCLUSIVE', place.only || (check.noInherit && version.major < 18));
  if (place.only && !check.noInherit && hasChildren(context, table)) {
    addFailure(draft, '42P16', `the tables below ${relationKey(table.name)} need the constraint too`);
  }
  if (check.noInherit && table.partitionBy !== null) {
    addFailure(draft, '42P16', `${relationKey(table.name)} is partitioned: all partitions need the constraint`);
  }
  const isNew = place.newColumn?.name;
  for (const column of check.expression.columns) if (column !== isNew) requireColumn(context, table, column);
  const isChecked = check.valid && check.enforced;
  if (isChecked) scanForCheck(context, table, check, only);
  draft.because.add(
    isChecked
      ? 'ADD CHECK reads every row under ACCESS EXCLUSIVE (measured on 13 to 18).'
      : 'NOT VALID checks new rows only; rows that are there already are not read.',
  );
}

/** A child that has the check already, under the same name, is left out with all that is below it. */
function scanForCheck(context: FactsContext, table: Table, check: CheckDefinition, only: boolean): void {
  const covered = new Set<Table>();
  for (const one of reached(context, table, only)) {
    if (one === table || !hasSameCheck(one, check)) continue;
    for (const below of reached(context, one, false)) covered.add(below);
  }
  for (const one of reached(context, table, only)) {
    if (hasStorage(one) && !covered.has(one)) context.draft.scans.add(relationKey(one.name));
  }
}

function hasSameCheck(table: Table, check: CheckDefinition): boolean {
  return table.constraints.some(
    (one): one is CheckConstraint => one.kind === 'check' && one.name === check.name && one.valid,
  );
}

/** A column has one NOT NULL constraint at most, under the name that it was given first. */
function refuseOtherName(context: FactsContext, table: Table, constraint: NotNullDefinition): void {
  const existing = table.constraints.find((one) => one.kind === 'not-null' && one.column === constraint.column);
  if (existing === undefined) return;
  if (constraint.valid && 'valid' in existing && !existing.valid) {
    addFailure(context.draft, '55000', `${existing.name} is NOT VALID: validate it instead`);
  }
  if (constraint.name === null || existing.name === constraint.name) return;
  addFailure(context.draft, '55000', `${constraint.column} is NOT NULL already, by the constraint ${existing.name}`);
}

function refuseExclusion(context: FactsContext, table: Table, constraint: ExclusionDefinition): void {
  const method = /^EXCLUDE\s+USING\s+(\w+)/i.exec(constraint.sql)?.[1]?.toLowerCase() ?? 'btree';
  const keys = constraint.columns.map((column) => ({ column, expression: null }));
  refuseKeyTypes(context, table, { method, unique: false, keys, include: [], isOrdered: false });
}

function buildExclusion(context: FactsContext, table: Table, name: string | null, columns: readonly string[]): void {
  const keys = columns.map((column) => ({ column, expression: null }));
  const wanted = { method: 'gist', unique: false, keys, include: [], predicate: null, constraint: 'exclude' } as const;
  buildIndex(context, table, wanted, name);
}
