import type { Column, Table } from '../../model/catalog.ts';
import { findTable } from '../../model/catalog-lookup.ts';
import { makeObjectName } from '../../model/object-name.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { quoteIdentifier } from '../../sql/postgres/quote.ts';
import { renameIdentifier } from '../../sql/postgres/rename-identifier.ts';
import { typeSql } from '../../sql/postgres/type-sql.ts';
import { columnExists, columnIsGone, functionHasSource, noRowMatches } from '../post-condition.ts';
import type { Recipe } from '../recipe.ts';
import type { GateDraft, StepDraft } from '../step-draft.ts';
import { differs, type SyncTrigger, twoWaySync } from '../sync-trigger.ts';
import { walkableKey } from '../target-table.ts';
import { concurrentIndex } from './create-index-concurrently.ts';

/**
 * RENAME COLUMN: for a while both names work. The new one is a copy kept in step by a trigger; when no old code runs
 * any more, the copy goes and the original takes its name, with its indexes, constraints and everything else.
 */
export const renameColumnByCopy: Recipe = {
  name: 'rename-column-by-copy',
  rung: 'new-column-backfill',
  summary: 'Let both names work for a while: a second column kept in step by a trigger, then the swap.',
  plan(input) {
    const { action } = input.statement;
    if (action.kind !== 'rename' || action.object !== 'column' || action.member === null) return null;
    const table = findTable(input.catalog, action.name);
    if (table === null || input.isFresh(relationKey(table.name))) return null;
    const column = table.columns.find((one) => one.name === action.member);
    if (column === undefined) return null;
    const rename: ColumnRename = { table, key: relationKey(table.name), column, to: action.to };
    // A generated column has no value yet when triggers run, and rows without a key cannot be walked across partitions.
    const canSync = column.generated === null && (table.partitionBy === null || walkableKey(table).length > 0);
    return canSync
      ? [...bothNames(rename), gate(rename), ...swap(rename, trigger(rename))]
      : [gate(rename), ...swap(rename, null)];
  },
};

interface ColumnRename {
  readonly table: Table;
  readonly key: RelationKey;
  readonly column: Column;
  readonly to: string;
}

function trigger(rename: ColumnRename): SyncTrigger {
  return twoWaySync(rename.table, rename.column.name, rename.to);
}

function bothNames(rename: ColumnRename): readonly StepDraft[] {
  const { key, column, to } = rename;
  const sync = trigger(rename);
  const different = differs(quoteIdentifier(to), quoteIdentifier(column.name));
  const collation = column.collation === null ? '' : ` COLLATE ${column.collation}`;
  const undo = [...sync.dropAll, `ALTER TABLE ${key} DROP COLUMN ${quoteIdentifier(to)}`];
  return [
    {
      kind: 'transaction',
      name: `function-${to}`,
      phase: 'expand',
      why: 'The function that will keep both names in step; nobody uses it yet.',
      sql: [sync.createFunction],
      undo: [`DROP FUNCTION IF EXISTS ${sync.functionKey}()`],
      postCondition: functionHasSource(sync.functionKey, sync.functionSource),
    },
    {
      kind: 'transaction',
      name: `both-${to}`,
      phase: 'expand',
      why: 'The new name and the trigger appear together, so no write is ever seen by one of them only.',
      sql: [
        `ALTER TABLE ${key} ADD COLUMN ${quoteIdentifier(to)} ${typeSql(column.type)}${collation}`,
        sync.createTrigger,
      ],
      undo,
      postCondition: columnExists(key, to),
    },
    {
      kind: 'backfill',
      name: `copy-${to}`,
      phase: 'migrate',
      why: 'Rows that nobody has touched since get the new name filled in small transactions.',
      table: key,
      assignments: `${quoteIdentifier(to)} = ${quoteIdentifier(column.name)}`,
      where: different,
      keyColumns: walkableKey(rename.table),
      undo: [],
      postCondition: noRowMatches(key, different),
    },
    ...indexCopies(rename),
  ];
}

/** New code searches by the new name, so the copy needs indexes as long as it lives; they go together with it. */
function indexCopies(rename: ColumnRename): readonly StepDraft[] {
  const { table, column, to } = rename;
  if (table.partitionBy !== null) return [];
  const mine = table.indexes.filter((index) => index.keys.some((one) => one.column === column.name) && index.valid);
  return mine.map((index) =>
    concurrentIndex({
      table: rename.key,
      schema: table.name.schema,
      name: makeObjectName('evenkeel', index.name, 'copy'),
      unique: false,
      definitionSql: renameIdentifier(index.definitionSql, column.name, to),
      why: `New code that searches by ${to} finds an index like ${index.name}; it goes together with the copy.`,
    }),
  );
}

function gate(rename: ColumnRename): GateDraft {
  const { key, column, to } = rename;
  return {
    kind: 'gate',
    name: `gate-rename-${column.name}`,
    phase: 'contract',
    why: 'From the next step on the old name is gone.',
    deploy: `Deploy code that uses ${key}.${to} instead of ${column.name}, and wait until no older version runs.`,
  };
}

function swap(rename: ColumnRename, sync: SyncTrigger | null): readonly StepDraft[] {
  const { key, column, to } = rename;
  const dropCopy = sync === null ? [] : [...sync.dropAll, `ALTER TABLE ${key} DROP COLUMN ${quoteIdentifier(to)}`];
  return [
    {
      kind: 'transaction',
      name: `rename-${column.name}`,
      phase: 'contract',
      why: 'Both hold the same values, so the copy goes and the original takes its name: a moment under ACCESS EXCLUSIVE.',
      sql: [...dropCopy, `ALTER TABLE ${key} RENAME COLUMN ${quoteIdentifier(column.name)} TO ${quoteIdentifier(to)}`],
      undo: null,
      postCondition: columnIsGone(key, column.name),
    },
  ];
}
