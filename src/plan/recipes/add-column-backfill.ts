import { findType } from '../../model/catalog-lookup.ts';
import type { ColumnDefinition } from '../../model/definition.ts';
import { quoteIdentifier } from '../../sql/postgres/quote.ts';
import { bareColumnSql } from '../column-sql.ts';
import { columnExists, noRowMatches, recordedInLedger } from '../post-condition.ts';
import type { Recipe, RecipeInput } from '../recipe.ts';
import type { StepDraft } from '../step-draft.ts';
import { alterTarget, walkableKey } from '../target-table.ts';

/**
 * ADD COLUMN with a volatile default rewrites the table. Instead the column is added empty and gets its default for
 * new rows in the same command; old rows are filled batch by batch; NOT NULL comes last.
 */
export const addColumnBackfill: Recipe = {
  name: 'add-column-backfill',
  rung: 'new-column-backfill',
  summary: 'Add the column empty with the default for new rows, fill the old rows in small batches, NOT NULL last.',
  plan(input) {
    const target = alterTarget(input, 'add-column');
    if (target === null || input.facts.rewrites.length === 0) return null;
    const { column } = target.command;
    const isPlain = !column.serial && column.identity === null && column.generated === null;
    if (!isPlain || column.default === null || target.table.partitionBy !== null) return null;
    // Added empty, a column of a domain is checked against it row by row, or filled with the domain's own default.
    if (findType(input.catalog, column.type)?.kind === 'domain') return null;
    // Where NULL may stay, the rows are walked once: without a key, one that is changed meanwhile may move behind the walk.
    if (!column.notNull && walkableKey(target.table).length === 0) return null;
    const name = quoteIdentifier(column.name);
    const where = `${name} IS NULL`;
    const steps: StepDraft[] = [
      {
        kind: 'transaction',
        name: `add-column-${column.name}`,
        phase: 'expand',
        why: 'Added empty, the column costs a moment; the default set by the same command fills every row inserted from now on.',
        sql: [
          `ALTER TABLE ${target.key} ADD COLUMN ${bareColumnSql(column)}, ALTER COLUMN ${name} SET DEFAULT ${column.default.sql}`,
        ],
        undo: [`ALTER TABLE ${target.key} DROP COLUMN ${name}`],
        postCondition: columnExists(target.key, column.name),
      },
      {
        kind: 'backfill',
        name: `backfill-${column.name}`,
        phase: 'migrate',
        why: 'The rows that were there before get their value in small transactions; nobody waits for more than a few rows.',
        table: target.key,
        assignments: `${name} = ${column.default.sql}`,
        where,
        keyColumns: walkableKey(target.table),
        // A row that the application has given a NULL, or that got one from the default, is no row left to do.
        ...(column.notNull ? {} : { once: true }),
        undo: [],
        postCondition: column.notNull ? noRowMatches(target.key, where) : recordedInLedger(),
      },
    ];
    if (!column.notNull) return steps;
    return [...steps, { kind: 'replan', sql: `ALTER TABLE ${target.key} ${notNullSql(input, column)}` }];
  },
};

/** From 18 on NOT NULL is a constraint, and keeps the name that it was given. */
function notNullSql({ version }: RecipeInput, { name, constraints }: ColumnDefinition): string {
  const given = constraints.find((one) => one.kind === 'not-null')?.name ?? null;
  const column = quoteIdentifier(name);
  if (version.major < 18 || given === null) return `ALTER COLUMN ${column} SET NOT NULL`;
  return `ADD CONSTRAINT ${quoteIdentifier(given)} NOT NULL ${column}`;
}
