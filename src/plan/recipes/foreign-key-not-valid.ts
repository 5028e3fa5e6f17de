import type { Table } from '../../model/catalog.ts';
import { findRelation, partitionsOf, tableOf } from '../../model/catalog-lookup.ts';
import type { ForeignKeyDefinition } from '../../model/definition.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { quoteIdentifier } from '../../sql/postgres/quote.ts';
import { chooseConstraintName } from '../constraint-name.ts';
import { constraintExists, constraintIsValid } from '../post-condition.ts';
import { probeRows } from '../probe-rows.ts';
import type { Recipe } from '../recipe.ts';
import type { StepDraft } from '../step-draft.ts';
import { alterTarget } from '../target-table.ts';

/**
 * FOREIGN KEY: NOT VALID first (a moment on both tables), then VALIDATE, which reads while everybody works on.
 * On a partitioned table of 17 and before NOT VALID is refused (42809): each partition gets its own key in two steps,
 * and the key on the parent then adopts them without reading a row.
 */
export const foreignKeyNotValid: Recipe = {
  name: 'foreign-key-not-valid',
  rung: 'not-valid-validate',
  summary: 'Add it NOT VALID, then VALIDATE it in a step of its own.',
  plan(input) {
    const target = alterTarget(input, 'add-constraint');
    const key = target?.command.constraint;
    if (target == null || key?.kind !== 'foreign-key' || !key.valid || !key.enforced) return null;
    const referenced = findRelation(input.catalog, key.references);
    if (referenced?.kind !== 'table') return null;
    const name = key.name ?? chooseConstraintName(target.table, key.columns, 'fkey');
    const probe = probeOrphans(target.table, referenced, key, name);
    if (target.table.partitionBy === null || input.version.major >= 18) {
      return [...probe, ...twoSteps(target.key, name, key)];
    }
    const leaves = partitionsOf(input.catalog, target.key).filter(
      (one) => tableOf(input.catalog, one)?.partitionBy === null,
    );
    return [...probe, ...leaves.flatMap((leaf) => twoSteps(leaf, name, key)), adopt(target.key, name, key)];
  },
};

function twoSteps(table: RelationKey, name: string, key: ForeignKeyDefinition): readonly StepDraft[] {
  const quoted = quoteIdentifier(name);
  const label = `${name}-on-${table.split('.').at(-1) ?? table}`;
  return [
    {
      kind: 'transaction',
      name: `add-${label}`,
      phase: 'expand',
      why: 'NOT VALID holds for new rows at once and reads none of the old ones, so both tables are locked for a moment only.',
      sql: [`ALTER TABLE ${table} ADD CONSTRAINT ${quoted} ${key.sql} NOT VALID`],
      undo: [`ALTER TABLE ${table} DROP CONSTRAINT ${quoted}`],
      postCondition: constraintExists(table, name),
    },
    {
      kind: 'transaction',
      name: `validate-${label}`,
      phase: 'migrate',
      why: 'VALIDATE reads both tables while reads and writes go on.',
      sql: [`ALTER TABLE ${table} VALIDATE CONSTRAINT ${quoted}`],
      undo: [],
      postCondition: constraintIsValid(table, name),
    },
  ];
}

function adopt(table: RelationKey, name: string, key: ForeignKeyDefinition): StepDraft {
  const quoted = quoteIdentifier(name);
  return {
    kind: 'transaction',
    name: `adopt-${name}`,
    phase: 'contract',
    why: 'Every partition has the same valid key already, so the key on the parent reads no row (measured on 13 to 18).',
    sql: [`ALTER TABLE ${table} ADD CONSTRAINT ${quoted} ${key.sql}`],
    undo: [`ALTER TABLE ${table} DROP CONSTRAINT ${quoted}`],
    postCondition: constraintIsValid(table, name),
  };
}

/** Rows that point nowhere, found before anything is changed. */
function probeOrphans(table: Table, referenced: Table, key: ForeignKeyDefinition, name: string): readonly StepDraft[] {
  const targets = key.referencedColumns.length > 0 ? key.referencedColumns : primaryKeyColumns(referenced);
  if (targets.length !== key.columns.length) return [];
  const own = relationKey(table.name);
  const other = relationKey(referenced.name);
  const isSet = key.columns.map((column) => `c.${quoteIdentifier(column)} IS NOT NULL`).join(' AND ');
  const match = key.columns
    .map((column, position) => `p.${quoteIdentifier(targets[position] ?? column)} = c.${quoteIdentifier(column)}`)
    .join(' AND ');
  const columns = key.columns.join(', ');
  return [
    probeRows({
      name: `probe-${name}`,
      relation: own,
      alsoReads: own === other ? [] : [other],
      violation: `SELECT 1 FROM ${rowsOf(table)} c WHERE ${isSet} AND NOT EXISTS (SELECT 1 FROM ${rowsOf(referenced)} p WHERE ${match})${halfSet(key)}`,
      sqlstate: '23503',
      message: `rows of ${own} have a ${columns} that is not in ${other}: delete or mend them before ${name} can be added`,
    }),
  ];
}

/** A foreign key is about the rows of the tables themselves and of their partitions, never of tables that inherit. */
function rowsOf(table: Table): string {
  return table.partitionBy === null ? `ONLY ${relationKey(table.name)}` : relationKey(table.name);
}

/** MATCH FULL wants all columns or none. */
function halfSet(key: ForeignKeyDefinition): string {
  if (key.matchFull !== true || key.columns.length < 2) return '';
  const open = key.columns.map((column) => `c.${quoteIdentifier(column)} IS NULL`);
  return ` OR (${open.join(' OR ')}) AND NOT (${open.join(' AND ')})`;
}

function primaryKeyColumns(table: Table): readonly string[] {
  const key = table.constraints.find((one) => one.kind === 'primary-key');
  return key?.kind === 'primary-key' ? key.columns : [];
}
