import type { Column, Table } from '../../model/catalog.ts';
import { childrenOf, findTable } from '../../model/catalog-lookup.ts';
import type { RowAssignments } from '../../model/dml.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import type { Statement } from '../../model/statement.ts';
import { quoteIdentifier } from '../../sql/postgres/quote.ts';
import { renameIdentifier } from '../../sql/postgres/rename-identifier.ts';
import { typeSql } from '../../sql/postgres/type-sql.ts';
import { functionHasSource, noRowMatches, triggerExists } from '../post-condition.ts';
import { laterStatements, type SequenceInput, type SequenceRecipe } from '../sequence-recipe.ts';
import type { BackfillDraft, TransactionDraft } from '../step-draft.ts';
import { derivedSync, differs } from '../sync-trigger.ts';
import { walkableKey } from '../target-table.ts';

/**
 * An UPDATE that fills columns which the same file has added: in small transactions instead of one. Where the file later
 * drops what they are made of, or wants them NOT NULL, a trigger fills them for old code until the last of it is gone;
 * else what old code writes behind the UPDATE would be lost, or refused.
 */
export const fillColumnsInStep: SequenceRecipe = {
  name: 'fill-columns-in-step',
  rung: 'new-column-backfill',
  summary: 'Fill the new columns in small batches, and by a trigger for old code until the last of it is gone.',
  plan(input) {
    const fill = fillOf(input);
    if (fill === null) return null;
    const statement = input.statements[input.at];
    if (statement === undefined) return null;
    const dropped = droppedLater(input, fill);
    const isFollowed = dropped.length > 0 || isRequiredLater(input, fill);
    const drafts = [...(isFollowed ? follow(fill, dropped) : []), backfill(fill)];
    return { parts: [{ statement, drafts }], taken: 1 };
  },
};

interface Target {
  readonly column: Column;
  /** Over the table's own columns, its condition included. */
  readonly value: string;
  /** What the column holds while nobody has given it a value. */
  readonly otherwise: string;
}

interface Fill {
  readonly table: Table;
  readonly key: RelationKey;
  readonly targets: readonly Target[];
  readonly sources: readonly string[];
}

/** The UPDATE, where each row's new values hang on that row alone and nobody can have written them yet. */
function fillOf(input: SequenceInput): Fill | null {
  const action = input.statements[input.at]?.action;
  const written = action?.kind === 'dml' && action.verb === 'update' ? action.writes[0] : undefined;
  if (action?.kind !== 'dml' || action.assignments === undefined || written === undefined) return null;
  const table = findTable(input.catalog, written);
  if (table === null || !canBeFollowed(input, table)) return null;
  const { columns, condition } = action.assignments;
  const names = new Set(columns.map(({ name }) => name));
  const read = new Set([...columns.flatMap(({ value }) => value.columns), ...(condition?.columns ?? [])]);
  const isNew = (name: string): boolean => !columnsBefore(input, table).includes(name);
  const isKnown = [...read].every((name) => table.columns.some((one) => one.name === name));
  const readsOwn = columns.some(({ value }) => value.columns.some((name) => names.has(name)));
  if (!isKnown || readsOwn || ![...names].every(isNew) || isSetElsewhere(input, table, names)) return null;
  const when = conditionBeside(condition?.sql ?? null, condition?.columns ?? [], names);
  const targets = columns.map(({ name, value }) => targetOf(table, name, value.sql, when));
  if (when === undefined || targets.some((one) => one === null)) return null;
  const called = (sql: string): string => withoutAlias(sql, action.assignments?.alias ?? null, table);
  return {
    table,
    key: relationKey(table.name),
    targets: targets.flatMap((one) => (one === null ? [] : { ...one, value: called(one.value) })),
    sources: [...read].filter((name) => !names.has(name)),
  };
}

/** The trigger has to see every write, and the backfill has to reach every row. */
function canBeFollowed(input: SequenceInput, table: Table): boolean {
  const key = relationKey(table.name);
  if (input.isFresh(key)) return false;
  if (table.partitionBy !== null) return walkableKey(table).length > 0;
  return childrenOf(input.catalog, key).length === 0;
}

function columnsBefore(input: SequenceInput, table: Table): readonly string[] {
  const before = input.before.relations[relationKey(table.name)];
  return before?.kind === 'table' ? before.columns.map((one) => one.name) : table.columns.map((one) => one.name);
}

/** Two statements that fill one column decide together, row by row, and no trigger can tell in which order. */
function isSetElsewhere(input: SequenceInput, table: Table, names: ReadonlySet<string>): boolean {
  return input.statements.some(({ action }, position) => {
    if (position === input.at || action.kind !== 'dml' || action.verb === 'select') return false;
    if (!action.writes.some((name) => isSame(input, name, table))) return false;
    return action.sets == null || action.sets.some((name) => names.has(name));
  });
}

function isSame(input: SequenceInput, name: Parameters<typeof findTable>[1], table: Table): boolean {
  const found = findTable(input.catalog, name);
  return found !== null && relationKey(found.name) === relationKey(table.name);
}

/** The condition as far as it says more than that a target has no value; undefined when it cannot be told. */
function conditionBeside(
  sql: string | null,
  columns: readonly string[],
  targets: ReadonlySet<string>,
): string | null | undefined {
  if (sql === null) return null;
  if (!columns.some((name) => targets.has(name))) return sql;
  const isOnlyNull = /^\(?\s*(?:[\w"]+\.)?[\w"]+\s+IS\s+NULL\s*\)?$/i.test(sql);
  return isOnlyNull && columns.length === 1 ? null : undefined;
}

function targetOf(table: Table, name: string, value: string, when: string | null | undefined): Target | null {
  const column = table.columns.find((one) => one.name === name);
  if (column === undefined || column.identity !== null || column.generated !== null) return null;
  if (column.default !== null && !column.default.isConstant) return null;
  const otherwise = column.default?.sql ?? 'NULL';
  const chosen = when === null ? value : `CASE WHEN ${when} THEN ${value} ELSE ${otherwise} END`;
  return { column, value: chosen, otherwise };
}

/** Trigger and backfill call the table by its own name. */
function withoutAlias(sql: string, alias: RowAssignments['alias'], table: Table): string {
  return alias === null ? sql : renameIdentifier(sql, alias, table.name.name);
}

/** Columns that the values are made of and that the file drops further down. */
function droppedLater(input: SequenceInput, { table, sources }: Fill): readonly string[] {
  return commandsLater(input, table).flatMap((command) =>
    command.kind === 'drop-column' && sources.includes(command.column) ? command.column : [],
  );
}

function isRequiredLater(input: SequenceInput, { table, targets }: Fill): boolean {
  const names = targets.map(({ column }) => column.name);
  return commandsLater(input, table).some((command) => {
    if (command.kind === 'set-not-null') return names.includes(command.column);
    if (command.kind !== 'add-constraint') return false;
    const { constraint } = command;
    return constraint.kind === 'primary-key' && constraint.columns.some((name) => names.includes(name));
  });
}

function commandsLater(
  input: SequenceInput,
  table: Table,
): readonly Extract<Statement['action'], { kind: 'alter-table' }>['commands'][number][] {
  return laterStatements(input).flatMap(({ action }) =>
    action.kind === 'alter-table' && isSame(input, action.name, table) ? action.commands : [],
  );
}

/** True of a row in which the targets hold what they were added with. */
function unsetSql({ targets }: Fill, row: string): string {
  return targets
    .map(({ column, otherwise }) => {
      const name = `${row}${quoteIdentifier(column.name)}`;
      if (otherwise === 'NULL') return `${name} IS NULL`;
      return `NOT ${differs(name, `(${otherwise})::${typeSql(column.type)}`)}`;
    })
    .join(' AND ');
}

function follow(fill: Fill, dropped: readonly string[]): readonly TransactionDraft[] {
  const { table, key, targets, sources } = fill;
  const sync = derivedSync({
    table,
    alias: table.name.name,
    sources,
    targets: targets.map(({ column, value, otherwise }) => ({ name: column.name, value, otherwise })),
    unset: unsetSql(fill, 'NEW.'),
  });
  const names = targets.map(({ column }) => column.name);
  const what = names.join(', ');
  return [
    {
      kind: 'transaction',
      name: `function-${names[0] ?? ''}`,
      phase: 'expand',
      why: `The function that will fill ${what} for code that does not know of it; nobody uses it yet.`,
      sql: [sync.createFunction],
      undo: [`DROP FUNCTION IF EXISTS ${sync.functionKey}()`],
      postCondition: functionHasSource(sync.functionKey, sync.functionSource),
    },
    {
      kind: 'transaction',
      name: `follow-${names[0] ?? ''}`,
      phase: 'expand',
      why: `From here on every write of old code fills ${what} too, so nothing that is written during the backfill is lost.`,
      sql: [sync.createTrigger],
      undo: sync.dropAll,
      postCondition: triggerExists(key, sync.trigger),
      follows: { table: key, trigger: sync.trigger, targets: names, sources, dropped, dropAll: sync.dropAll },
    },
  ];
}

function backfill(fill: Fill): BackfillDraft {
  const { key, targets } = fill;
  const names = targets.map(({ column }) => quoteIdentifier(column.name)).join(', ');
  const values = targets.map(({ column, value }) => `(${value})::${typeSql(column.type)}`).join(', ');
  const where = `${unsetSql(fill, '')} AND ${differs(names, values)}`;
  return {
    kind: 'backfill',
    name: `fill-${targets[0]?.column.name ?? ''}`,
    phase: 'migrate',
    why: 'The rows that were there before are filled in small transactions; nobody waits for more than a few rows.',
    table: key,
    assignments: targets.map(({ column, value }) => `${quoteIdentifier(column.name)} = ${value}`).join(', '),
    where,
    keyColumns: walkableKey(fill.table),
    undo: [],
    postCondition: noRowMatches(key, where),
  };
}
