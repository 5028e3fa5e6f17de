import type { AlterCommand } from '../model/alter-command.ts';
import type { Column, ForeignKeyConstraint, Index, Table } from '../model/catalog.ts';
import { ownedSequences } from '../model/catalog-lookup.ts';
import { makeObjectName } from '../model/object-name.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import { deferralSql, foreignKeySql } from '../sql/postgres/foreign-key-sql.ts';
import { quoteIdentifier } from '../sql/postgres/quote.ts';
import { renameIdentifier } from '../sql/postgres/rename-identifier.ts';
import { carryOver } from './carry-over.ts';
import { columnExists, functionHasSource, noRowMatches } from './post-condition.ts';
import type { RecipeInput } from './recipe.ts';
import { concurrentIndex } from './recipes/create-index-concurrently.ts';
import type { BackfillDraft, StepDraft, TransactionDraft } from './step-draft.ts';
import { differs, type OneWayTrigger, oneWaySync, type SyncFunction } from './sync-trigger.ts';
import { walkableKey } from './target-table.ts';

/** A column that gets another type by way of a second column, which takes its place in the end. */
export interface ColumnReplacement {
  readonly table: Table;
  readonly key: RelationKey;
  readonly column: Column;
  readonly command: Extract<AlterCommand, { kind: 'set-type' }>;
  readonly newColumn: string;
  /** The new value, over the table's own columns. */
  readonly value: string;
  readonly sync: OneWayTrigger;
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

/** Whether every value of the old type has one of the new, without an expression of the user's. */
export function alwaysFits(column: Column, command: ColumnReplacement['command']): boolean {
  return (
    command.using === null &&
    command.type.modifiers.length === 0 &&
    ALWAYS_FITS.has(`${column.type.name}>${command.type.name}`)
  );
}

/** The second column, its value and its trigger. */
export function columnReplacement(
  table: Table,
  key: RelationKey,
  column: Column,
  command: ColumnReplacement['command'],
): ColumnReplacement {
  const newColumn = makeObjectName('evenkeel', column.name, 'new');
  return {
    table,
    key,
    column,
    command,
    newColumn,
    value: command.using?.sql ?? quoteIdentifier(column.name),
    sync: oneWaySync({
      table,
      column: column.name,
      newColumn,
      expression: command.using,
      alwaysFits: alwaysFits(column, command),
    }),
  };
}

/** The new column, and the trigger that fills it from now on. */
export function followOldColumn(change: ColumnReplacement): readonly StepDraft[] {
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

/** The rows that were there before. */
export function copyOldRows(change: ColumnReplacement): BackfillDraft {
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

/**
 * Behind the gate, where values may not fit: what does not is refused from now on, and what old code has written of it is
 * found. So nothing is left that would be gone with the old column.
 */
export function closeToUnfit(change: ColumnReplacement): readonly StepDraft[] {
  const { strict } = change.sync;
  return strict === null ? [] : [refuseUnfit(change, strict), copyRest(change)];
}

/** Whoever has written a row by the old function has committed it before the lock is there, so the walk behind it sees it. */
function refuseUnfit({ key, column, command, sync }: ColumnReplacement, strict: SyncFunction): TransactionDraft {
  return {
    kind: 'transaction',
    name: `refuse-${column.name}`,
    phase: 'contract',
    why: `A value that does not fit ${command.typeSql} is refused from here on, as the new type will refuse it: a moment under SHARE ROW EXCLUSIVE.`,
    sql: [`LOCK TABLE ${key} IN SHARE ROW EXCLUSIVE MODE`, strict.createFunction],
    undo: [sync.createFunction],
    postCondition: functionHasSource(sync.functionKey, strict.functionSource),
  };
}

function copyRest(change: ColumnReplacement): BackfillDraft {
  return {
    ...copyOldRows(change),
    name: `copy-rest-${change.column.name}`,
    phase: 'contract',
    why: 'A value that old code has written and that cannot be converted is found here, before it would be gone.',
  };
}

/** What an index or constraint of the new column is called until the swap. */
export function carriedName(name: string): string {
  return makeObjectName('evenkeel', name, 'new');
}

/** NOT NULL, CHECK and FOREIGN KEY of the old column, each in its own safe way, under names that the swap puts right. */
export function sameConstraints(change: ColumnReplacement): readonly StepDraft[] {
  const { key, column, newColumn } = change;
  const quoted = quoteIdentifier(newColumn);
  const steps: StepDraft[] = [];
  if (column.notNull) steps.push({ kind: 'replan', sql: `ALTER TABLE ${key} ALTER COLUMN ${quoted} SET NOT NULL` });
  for (const one of carriedChecks(change)) {
    const expression = renameIdentifier(one.expression.sql, column.name, newColumn);
    steps.push({
      kind: 'replan',
      sql: `ALTER TABLE ${key} ADD CONSTRAINT ${quoteIdentifier(carriedName(one.name))} CHECK (${expression})${one.noInherit ? ' NO INHERIT' : ''}${validityOf(one)}`,
    });
  }
  for (const one of carriedForeignKeys(change)) {
    const own = (name: string): string => (name === column.name ? newColumn : name);
    steps.push({
      kind: 'replan',
      sql: `ALTER TABLE ${key} ADD CONSTRAINT ${quoteIdentifier(carriedName(one.name))} ${foreignKeySql(one, { own })}${validityOf(one)}`,
    });
  }
  return steps;
}

/** A constraint that says nothing of the rows there are says nothing of the copies either. */
function validityOf({ valid, enforced }: { readonly valid: boolean; readonly enforced?: false }): string {
  if (enforced === false) return ' NOT ENFORCED';
  return valid ? '' : ' NOT VALID';
}

function carriedChecks(change: ColumnReplacement): readonly Extract<Table['constraints'][number], { kind: 'check' }>[] {
  return change.table.constraints.filter(
    (one): one is Extract<typeof one, { kind: 'check' }> =>
      one.kind === 'check' && one.expression.columns.includes(change.column.name),
  );
}

function carriedForeignKeys(change: ColumnReplacement): readonly ForeignKeyConstraint[] {
  return change.table.constraints.filter(
    (one): one is ForeignKeyConstraint => one.kind === 'foreign-key' && one.columns.includes(change.column.name),
  );
}

function carriedIndexes(change: ColumnReplacement): readonly Index[] {
  const { name } = change.column;
  return change.table.indexes.filter(
    (index) =>
      index.include.includes(name) ||
      index.predicate?.columns.includes(name) === true ||
      index.keys.some((one) => one.column === name || one.expression?.columns.includes(name) === true),
  );
}

/** The indexes of the old column once more, over the new one. */
export function sameIndexes(change: ColumnReplacement): readonly StepDraft[] {
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

/** SQL of one transaction: the old column goes with all that hangs on it, the new one takes its name and its names. */
export function swapSql(
  input: Pick<RecipeInput, 'catalog' | 'version'>,
  change: ColumnReplacement,
  /** What more there is to do before the old column goes, and after the new one has its name. */
  before: readonly string[] = [],
  after: readonly string[] = [],
): readonly string[] {
  const { key, column, newColumn, sync } = change;
  const name = quoteIdentifier(column.name);
  const quoted = quoteIdentifier(newColumn);
  const schema = change.table.name.schema;
  const sequences = ownedSequences(input.catalog, key, column.name);
  const carried = carryOver(key, column.name);
  return [
    carried.remember,
    ...sync.dropAll,
    ...(column.identity === null
      ? sequences.map((sequence) => `ALTER SEQUENCE ${sequence} OWNED BY ${key}.${quoted}`)
      : []),
    ...before,
    `ALTER TABLE ${key} DROP COLUMN ${name}`,
    `ALTER TABLE ${key} RENAME COLUMN ${quoted} TO ${name}`,
    ...after,
    ...(column.default === null ? [] : [`ALTER TABLE ${key} ALTER COLUMN ${name} SET DEFAULT ${column.default.sql}`]),
    ...carriedIndexes(change).map((index) => indexInPlace(change, schema, index)),
    ...[...carriedChecks(change), ...carriedForeignKeys(change)].map(
      (one) =>
        `ALTER TABLE ${key} RENAME CONSTRAINT ${quoteIdentifier(carriedName(one.name))} TO ${quoteIdentifier(one.name)}`,
    ),
    ...notNullInPlace(input, change),
    carried.restore,
  ];
}

function indexInPlace(change: ColumnReplacement, schema: string, index: Index): string {
  const temporary = carriedName(index.name);
  if (index.constraint === null) {
    return `ALTER INDEX ${relationKey({ schema, name: temporary })} RENAME TO ${quoteIdentifier(index.name)}`;
  }
  const kind = index.primary ? 'PRIMARY KEY' : 'UNIQUE';
  const own = change.table.constraints.find((one) => one.name === index.constraint);
  const deferral = own !== undefined && 'deferrable' in own ? deferralSql(own) : '';
  return `ALTER TABLE ${change.key} ADD CONSTRAINT ${quoteIdentifier(index.constraint)} ${kind} USING INDEX ${quoteIdentifier(temporary)}${deferral === '' ? '' : ` ${deferral}`}`;
}

/** From 18 on NOT NULL has a name; the one made for the temporary column takes the old one's. */
function notNullInPlace(input: Pick<RecipeInput, 'version'>, change: ColumnReplacement): readonly string[] {
  if (input.version.major < 18 || !change.column.notNull) return [];
  const old = change.table.constraints.find((one) => one.kind === 'not-null' && one.column === change.column.name);
  if (old === undefined) return [];
  const made = makeObjectName(change.table.name.name, change.newColumn, 'not_null');
  return [`ALTER TABLE ${change.key} RENAME CONSTRAINT ${quoteIdentifier(made)} TO ${quoteIdentifier(old.name)}`];
}
