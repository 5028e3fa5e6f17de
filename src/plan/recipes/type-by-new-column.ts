import type { AlterCommand } from '../../model/alter-command.ts';
import type { Column, ForeignKeyConstraint, Index, Table } from '../../model/catalog.ts';
import { ownedSequences, referencingTables } from '../../model/catalog-lookup.ts';
import { makeObjectName } from '../../model/object-name.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { quoteIdentifier } from '../../sql/postgres/quote.ts';
import { renameIdentifier } from '../../sql/postgres/rename-identifier.ts';
import { columnExists, columnIsGone, functionHasSource, noRowMatches } from '../post-condition.ts';
import type { Recipe, RecipeInput } from '../recipe.ts';
import type { StepDraft } from '../step-draft.ts';
import { differs, oneWaySync, type SyncTrigger } from '../sync-trigger.ts';
import { alterTarget, walkableKey } from '../target-table.ts';
import { concurrentIndex } from './create-index-concurrently.ts';

/**
 * A type change that rewrites: a new column of the new type follows the old one by trigger, is filled batch by batch,
 * gets the same indexes and constraints without a lock that anybody feels, and takes the old one's place in a moment.
 */
export const typeByNewColumn: Recipe = {
  name: 'type-by-new-column',
  summary: 'Add a column of the new type, keep it in step by a trigger, copy in small batches, then swap.',
  plan(input) {
    const target = alterTarget(input, 'set-type');
    if (target === null || input.facts.failure !== null) return null;
    if (!input.facts.rewrites.includes(target.key)) return null;
    const column = target.table.columns.find((one) => one.name === target.command.column);
    if (column === undefined || !canBeReplaced(input, target.table, column)) return null;
    const change = typeChange(target.table, target.key, column, target.command);
    return [
      ...followOldColumn(change),
      backfill(change),
      ...sameConstraints(change),
      ...sameIndexes(change),
      {
        kind: 'gate',
        name: `gate-type-${column.name}`,
        phase: 'contract',
        why: 'From the next step on the column has its new type; prepared statements that return it have to be prepared again.',
        deploy: `Deploy code that can read and write ${change.key}.${column.name} as ${target.command.typeSql} (a driver may hand it over as another type: node-postgres gives bigint as a string), and wait until no older version runs.`,
      },
      swap(input, change),
    ];
  },
};

interface TypeChange {
  readonly table: Table;
  readonly key: RelationKey;
  readonly column: Column;
  readonly command: Extract<AlterCommand, { kind: 'set-type' }>;
  readonly newColumn: string;
  /** The new value, over the table's own columns. */
  readonly value: string;
  readonly sync: SyncTrigger;
}

/** Keys that others refer to, and columns that the server counts up by itself, need more than a second column. */
function canBeReplaced(input: RecipeInput, table: Table, column: Column): boolean {
  const key = relationKey(table.name);
  const isReferenced = referencingTables(input.catalog, key).some((peer) =>
    peer.constraint.referencedColumns.includes(column.name),
  );
  const isKey = table.constraints.some(
    (one) =>
      (one.kind === 'primary-key' || one.kind === 'exclude') &&
      (!('columns' in one) || one.columns.includes(column.name)),
  );
  const isGeneratedFrom = table.columns.some(
    (one) => one.generated !== null && one.default?.columns.includes(column.name),
  );
  return (
    !isReferenced &&
    !isKey &&
    !isGeneratedFrom &&
    table.partitionBy === null &&
    table.partitionOf === null &&
    table.inherits.length === 0 &&
    column.identity === null &&
    column.generated === null &&
    table.triggers.every((one) => !one.columns.includes(column.name))
  );
}

/** Changes that have a new value for every old one, so the trigger can never fail a write. */
const ALWAYS_FITS = new Set([
  'int2>int4',
  'int2>int8',
  'int4>int8',
  'int2>numeric',
  'int4>numeric',
  'int8>numeric',
  'float4>float8',
  'varchar>text',
  'bpchar>text',
  'uuid>text',
  'date>timestamp',
  'json>jsonb',
  'jsonb>json',
]);

function typeChange(table: Table, key: RelationKey, column: Column, command: TypeChange['command']): TypeChange {
  const newColumn = makeObjectName('evenkeel', column.name, 'new');
  const expression = command.using?.sql ?? null;
  const alwaysFits =
    expression === null &&
    command.type.modifiers.length === 0 &&
    ALWAYS_FITS.has(`${column.type.name}>${command.type.name}`);
  return {
    table,
    key,
    column,
    command,
    newColumn,
    value: expression ?? quoteIdentifier(column.name),
    sync: oneWaySync({ table, column: column.name, newColumn, expression, alwaysFits }),
  };
}

function followOldColumn(change: TypeChange): readonly StepDraft[] {
  const { key, sync, newColumn, command } = change;
  const collation = command.collation === null ? '' : ` COLLATE ${command.collation}`;
  const quoted = quoteIdentifier(newColumn);
  return [
    {
      kind: 'transaction',
      name: `function-${change.column.name}`,
      phase: 'expand',
      why: 'The function that will fill the new column; nobody uses it yet.',
      sql: [sync.createFunction],
      undo: [`DROP FUNCTION IF EXISTS ${sync.functionKey}()`],
      postCondition: functionHasSource(sync.functionKey, sync.functionSource),
    },
    {
      kind: 'transaction',
      name: `new-column-${change.column.name}`,
      phase: 'expand',
      why: 'The new column and its trigger appear together, so every write from now on fills both.',
      sql: [`ALTER TABLE ${key} ADD COLUMN ${quoted} ${command.typeSql}${collation}`, sync.createTrigger],
      undo: [...sync.dropAll, `ALTER TABLE ${key} DROP COLUMN ${quoted}`],
      postCondition: columnExists(key, newColumn),
    },
  ];
}

function backfill(change: TypeChange): StepDraft {
  const { key, newColumn, command, value } = change;
  const quoted = quoteIdentifier(newColumn);
  const where = differs(quoted, `(${value})::${command.typeSql}`);
  return {
    kind: 'backfill',
    name: `copy-${change.column.name}`,
    phase: 'migrate',
    why: 'Rows that nobody has touched since are converted in small transactions; nobody waits for more than a few rows.',
    table: key,
    assignments: `${quoted} = ${value}`,
    where,
    keyColumns: walkableKey(change.table),
    undo: [],
    postCondition: noRowMatches(key, where),
  };
}

function carriedName(name: string): string {
  return makeObjectName('evenkeel', name, 'new');
}

/** NOT NULL, CHECK and FOREIGN KEY of the old column, each in its own safe way, under names that the swap puts right. */
function sameConstraints(change: TypeChange): readonly StepDraft[] {
  const { key, column, newColumn } = change;
  const quoted = quoteIdentifier(newColumn);
  const steps: StepDraft[] = [];
  if (column.notNull) steps.push({ kind: 'replan', sql: `ALTER TABLE ${key} ALTER COLUMN ${quoted} SET NOT NULL` });
  for (const one of carriedChecks(change)) {
    const expression = renameIdentifier(one.expression.sql, column.name, newColumn);
    steps.push({
      kind: 'replan',
      sql: `ALTER TABLE ${key} ADD CONSTRAINT ${quoteIdentifier(carriedName(one.name))} CHECK (${expression})`,
    });
  }
  for (const one of carriedForeignKeys(change)) {
    const columns = one.columns.map((name) => quoteIdentifier(name === column.name ? newColumn : name)).join(', ');
    const target = one.referencedColumns.map(quoteIdentifier).join(', ');
    const rules = `${ruleSql('ON DELETE', one.onDelete)}${ruleSql('ON UPDATE', one.onUpdate)}${one.deferrable ? ' DEFERRABLE' : ''}`;
    steps.push({
      kind: 'replan',
      sql: `ALTER TABLE ${key} ADD CONSTRAINT ${quoteIdentifier(carriedName(one.name))} FOREIGN KEY (${columns}) REFERENCES ${one.references} (${target})${rules}`,
    });
  }
  return steps;
}

function ruleSql(words: string, action: string): string {
  return action.toUpperCase() === 'NO ACTION' || action === '' ? '' : ` ${words} ${action.toUpperCase()}`;
}

function carriedChecks(change: TypeChange): readonly Extract<Table['constraints'][number], { kind: 'check' }>[] {
  return change.table.constraints.filter(
    (one): one is Extract<typeof one, { kind: 'check' }> =>
      one.kind === 'check' && one.expression.columns.includes(change.column.name),
  );
}

function carriedForeignKeys(change: TypeChange): readonly ForeignKeyConstraint[] {
  return change.table.constraints.filter(
    (one): one is ForeignKeyConstraint => one.kind === 'foreign-key' && one.columns.includes(change.column.name),
  );
}

function carriedIndexes(change: TypeChange): readonly Index[] {
  const { name } = change.column;
  return change.table.indexes.filter(
    (index) =>
      index.include.includes(name) ||
      index.predicate?.columns.includes(name) === true ||
      index.keys.some((one) => one.column === name || one.expression?.columns.includes(name) === true),
  );
}

function sameIndexes(change: TypeChange): readonly StepDraft[] {
  return carriedIndexes(change).map((index) =>
    concurrentIndex({
      table: change.key,
      schema: change.table.name.schema,
      name: carriedName(index.name),
      unique: index.unique,
      definitionSql: renameIdentifier(index.definitionSql, change.column.name, change.newColumn),
      why: `The new column gets the same index as ${index.name}, built while everybody works on.`,
    }),
  );
}

/** One transaction: the old column goes with all that hangs on it, the new one takes its name and its names. */
function swap(input: RecipeInput, change: TypeChange): StepDraft {
  const { key, column, newColumn, sync } = change;
  const name = quoteIdentifier(column.name);
  const quoted = quoteIdentifier(newColumn);
  const schema = change.table.name.schema;
  const sequences = ownedSequences(input.catalog, key, column.name);
  const sql = [
    ...sync.dropAll,
    ...sequences.map((sequence) => `ALTER SEQUENCE ${sequence} OWNED BY ${key}.${quoted}`),
    `ALTER TABLE ${key} DROP COLUMN ${name}`,
    `ALTER TABLE ${key} RENAME COLUMN ${quoted} TO ${name}`,
    ...(column.default === null ? [] : [`ALTER TABLE ${key} ALTER COLUMN ${name} SET DEFAULT ${column.default.sql}`]),
    ...carriedIndexes(change).map((index) => indexInPlace(change, schema, index)),
    ...[...carriedChecks(change), ...carriedForeignKeys(change)].map(
      (one) =>
        `ALTER TABLE ${key} RENAME CONSTRAINT ${quoteIdentifier(carriedName(one.name))} TO ${quoteIdentifier(one.name)}`,
    ),
    ...notNullInPlace(input, change),
  ];
  return {
    kind: 'transaction',
    name: `swap-${column.name}`,
    phase: 'contract',
    why: 'The new column takes the place of the old one: catalog work only, a moment under ACCESS EXCLUSIVE.',
    sql,
    undo: null,
    postCondition: columnIsGone(key, newColumn),
  };
}

function indexInPlace(change: TypeChange, schema: string, index: Index): string {
  const temporary = carriedName(index.name);
  if (index.constraint === null) {
    return `ALTER INDEX ${relationKey({ schema, name: temporary })} RENAME TO ${quoteIdentifier(index.name)}`;
  }
  return `ALTER TABLE ${change.key} ADD CONSTRAINT ${quoteIdentifier(index.constraint)} UNIQUE USING INDEX ${quoteIdentifier(temporary)}`;
}

/** From 18 on NOT NULL has a name; the one made for the temporary column takes the old one's. */
function notNullInPlace(input: RecipeInput, change: TypeChange): readonly string[] {
  if (input.version.major < 18 || !change.column.notNull) return [];
  const old = change.table.constraints.find((one) => one.kind === 'not-null' && one.column === change.column.name);
  if (old === undefined) return [];
  const made = makeObjectName(change.table.name.name, change.newColumn, 'not_null');
  return [`ALTER TABLE ${change.key} RENAME CONSTRAINT ${quoteIdentifier(made)} TO ${quoteIdentifier(old.name)}`];
}
