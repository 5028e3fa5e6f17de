import type { Table } from '../../model/catalog.ts';
import { childrenOf, findTable } from '../../model/catalog-lookup.ts';
import type { RowAssignments } from '../../model/dml.ts';
import { relationKey } from '../../model/relation-name.ts';
import { quoteIdentifier } from '../../sql/postgres/quote.ts';
import { renameIdentifier } from '../../sql/postgres/rename-identifier.ts';
import { typeSql } from '../../sql/postgres/type-sql.ts';
import { recordedInLedger } from '../post-condition.ts';
import type { Recipe, RecipeInput } from '../recipe.ts';
import { differs } from '../sync-trigger.ts';
import { walkableKey } from '../target-table.ts';

/**
 * An UPDATE that reads through a table in use: in small transactions instead of one, each with the place where it got to.
 * Only where a row that was changed is not changed once more: its new values hang on other columns of its own, or the
 * condition wants a NULL that is gone by then.
 */
export const updateInBatches: Recipe = {
  name: 'update-in-batches',
  rung: 'new-column-backfill',
  summary: 'Change the rows in small transactions, each of which remembers how far it got.',
  plan(input) {
    const { action } = input.statement;
    if (action.kind !== 'dml' || action.verb !== 'update' || action.assignments === undefined) return null;
    const [written] = action.writes;
    const table = written === undefined ? null : findTable(input.catalog, written);
    if (table === null || !canBeWalked(input, table, action.assignments)) return null;
    const changed = changedOnce(input, table, action.assignments);
    if (changed === null) return null;
    const own = (sql: string): string => withoutAlias(sql, action.assignments?.alias ?? null, table);
    return [
      {
        kind: 'backfill',
        name: `update-${table.name.name}`,
        phase: 'migrate',
        why: 'In one transaction, every changed row stays locked until the last one is done; in small ones nobody waits for more than a few rows.',
        table: relationKey(table.name),
        assignments: action.assignments.columns
          .map(({ name, value }) => `${quoteIdentifier(name)} = ${own(value.sql)}`)
          .join(', '),
        where: own(changed),
        keyColumns: walkableKey(table),
        once: true,
        undo: null,
        postCondition: recordedInLedger(),
      },
    ];
  },
};

function canBeWalked(input: RecipeInput, table: Table, { columns }: RowAssignments): boolean {
  const key = relationKey(table.name);
  // It reads no other table; of a partitioned one, the partitions are what is read.
  if (input.isFresh(key) || input.facts.failure !== null || input.facts.scans.length === 0) return false;
  // A rule may make something else of each of the statements.
  if ((table.rules ?? []).length > 0) return false;
  const along = walkableKey(table);
  // A row that gets another key may be met again, and one that moves to another partition has another place.
  const moves = columns.some(({ name }) => along.includes(name) || table.partitionBy?.key.includes(name) === true);
  // Without a key, a row that the application changes meanwhile may move behind the walk.
  if (moves || along.length === 0) return false;
  return childrenOf(input.catalog, key).length === 0 || table.partitionBy !== null;
}

/** Which rows are still to be changed; null where that cannot be told from a row itself. */
function changedOnce(input: RecipeInput, table: Table, { columns, condition }: RowAssignments): string | null {
  const names = new Set(columns.map(({ name }) => name));
  const own = columns.map(({ name }) => table.columns.find((one) => one.name === name));
  if (own.some((one) => one === undefined || one.generated !== null || one.identity !== null)) return null;
  if (columns.some(({ value }) => value.columns.some((name) => names.has(name)))) return null;
  const isKnown = [...(condition?.columns ?? []), ...columns.flatMap(({ value }) => value.columns)].every((name) =>
    table.columns.some((one) => one.name === name),
  );
  if (!isKnown || (condition !== null && !input.isSteady(condition))) return null;
  const given = condition === null ? [] : [`(${condition.sql})`];
  const sure = columns.filter(({ value }) => input.isSteady(value));
  if (sure.length < columns.length) {
    const wanted = condition === null ? null : [...names].find((name) => wantsNull(condition.sql, name));
    const value = columns.find(({ name }) => name === wanted)?.value;
    return value !== undefined && NEVER_NULL.test(value.sql) ? given.join(' AND ') : null;
  }
  const types = new Map(table.columns.map(({ name, type }) => [name, typeSql(type)]));
  const left = columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  const right = columns.map(({ name, value }) => `(${value.sql})::${types.get(name) ?? 'text'}`).join(', ');
  return [...given, differs(left, right)].join(' AND ');
}

/** Whole values that are others each time and never NULL. */
const NEVER_NULL =
  /^\s*(gen_random_uuid\(\)|uuid_generate_v[14]\(\)|now\(\)|current_timestamp|clock_timestamp\(\)|nextval\('[^']*'(::regclass)?\)|random\(\))\s*$/i;

function wantsNull(condition: string, name: string): boolean {
  const quoted = quoteIdentifier(name);
  const [, inner = condition] = /^\((.*)\)$/s.exec(condition.trim()) ?? [];
  const parts = inner.split(/\s+AND\s+/i);
  const isNull = (part: string): boolean => {
    const bare = /^(?:[\w"]+\.)?("(?:[^"]|"")+"|\w+)\s+IS\s+NULL$/i.exec(part.trim());
    return bare !== null && (bare[1] === quoted || bare[1]?.toLowerCase() === name);
  };
  // Within brackets, or beside an OR, the words may mean something else.
  return !/[()]|\bOR\b|\bBETWEEN\b/i.test(inner) && parts.some(isNull);
}

/** A backfill calls the table by its own name. */
function withoutAlias(sql: string, alias: string | null, table: Table): string {
  return alias === null ? sql : renameIdentifier(sql, alias, table.name.name);
}
