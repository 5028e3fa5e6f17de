import type { KeyDefinition } from '../../model/definition.ts';
import { chooseConstraintIndexName, indexNameColumns, joinNameParts } from '../../model/object-name.ts';
import { relationKey } from '../../model/relation-name.ts';
import { deferralSql } from '../../sql/postgres/foreign-key-sql.ts';
import { quoteIdentifier } from '../../sql/postgres/quote.ts';
import { constraintExists } from '../post-condition.ts';
import type { Recipe, RecipeInput } from '../recipe.ts';
import type { StepDraft } from '../step-draft.ts';
import { type AlterTarget, alterTarget } from '../target-table.ts';
import { concurrentIndex } from './create-index-concurrently.ts';

/** UNIQUE and PRIMARY KEY: the index is built CONCURRENTLY first, and the constraint takes it over in a moment. */
export const keyUsingIndex: Recipe = {
  name: 'key-using-index',
  rung: 'concurrently',
  summary: 'Build a unique index CONCURRENTLY, then let the constraint take it over with USING INDEX.',
  plan(input) {
    const target = alterTarget(input, 'add-constraint');
    const key = target?.command.constraint;
    if (target == null || (key?.kind !== 'unique' && key?.kind !== 'primary-key')) return null;
    if (key.usingIndex !== null || target.table.partitionBy !== null) return null;
    // A key over periods (18) is kept by a GiST index, which no constraint can take over.
    if (/\bWITHOUT\s+OVERLAPS\b/i.test(key.sql)) return null;
    const name = key.name ?? defaultName(input, target, key);
    return [...notNullFirst(target, key), buildIndex(target, key, name), takeOver(target, key, name)];
  },
};

function defaultName(input: RecipeInput, target: AlterTarget<'add-constraint'>, key: KeyDefinition): string {
  const { schema, name } = target.table.name;
  if (key.kind === 'primary-key') return chooseConstraintIndexName(input.catalog, schema, name, null, 'pkey');
  const keys = key.columns.map((column) => ({ column, expression: null }));
  const columns = joinNameParts(indexNameColumns(keys, key.include));
  return chooseConstraintIndexName(input.catalog, schema, name, columns, 'key');
}

/** A primary key makes its columns NOT NULL; proven beforehand, taking over the index reads no row. */
function notNullFirst(target: AlterTarget<'add-constraint'>, key: KeyDefinition): readonly StepDraft[] {
  if (key.kind !== 'primary-key') return [];
  const nullable = key.columns.filter((name) =>
    target.table.columns.some((column) => column.name === name && !column.notNull),
  );
  return nullable.map((column) => ({
    kind: 'replan',
    sql: `ALTER TABLE ${target.only ? 'ONLY ' : ''}${target.key} ALTER COLUMN ${quoteIdentifier(column)} SET NOT NULL`,
  }));
}

function buildIndex(target: AlterTarget<'add-constraint'>, key: KeyDefinition, name: string): StepDraft {
  const columns = key.columns.map(quoteIdentifier).join(', ');
  const include = key.include.length === 0 ? '' : ` INCLUDE (${key.include.map(quoteIdentifier).join(', ')})`;
  const nulls = key.nullsNotDistinct ? ' NULLS NOT DISTINCT' : '';
  const options = /\bWITH\s*\([^)]*\)/i.exec(key.sql)?.[0] ?? '';
  const tablespace = /\bUSING\s+INDEX\s+(TABLESPACE\s+(?:"(?:[^"]|"")*"|\S+))/i.exec(key.sql)?.[1] ?? '';
  return concurrentIndex({
    table: target.key,
    schema: target.table.name.schema,
    name,
    unique: true,
    definitionSql: [`(${columns})${include}${nulls}`, options, tablespace].filter((one) => one !== '').join(' '),
    why: `${key.kind === 'unique' ? 'UNIQUE' : 'PRIMARY KEY'} would build its index under ACCESS EXCLUSIVE; built CONCURRENTLY nobody waits.`,
  });
}

function takeOver(target: AlterTarget<'add-constraint'>, key: KeyDefinition, name: string): StepDraft {
  const quoted = quoteIdentifier(name);
  const kind = key.kind === 'unique' ? 'UNIQUE' : 'PRIMARY KEY';
  const deferral = deferralSql(key);
  // Without it the columns of a primary key become NOT NULL in the tables below, too.
  const only = target.only ? 'ONLY ' : '';
  return {
    kind: 'transaction',
    name: `constraint-${name}`,
    phase: 'contract',
    why: 'Takes over the finished index: a moment under ACCESS EXCLUSIVE, and no row is read.',
    sql: [
      `ALTER TABLE ${only}${target.key} ADD CONSTRAINT ${quoted} ${kind} USING INDEX ${quoted}${deferral === '' ? '' : ` ${deferral}`}`,
    ],
    undo: [`ALTER TABLE ${target.key} DROP CONSTRAINT ${quoted}`],
    postCondition: constraintExists(relationKey(target.table.name), name),
  };
}
