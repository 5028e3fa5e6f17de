import type { BackfillDefinition } from '../model/backfill.ts';
import type { Catalog, Column, Table } from '../model/catalog.ts';
import { childrenOf, findRelation, referencingTables, resolveName } from '../model/catalog-lookup.ts';
import type { Expression } from '../model/expression.ts';
import { relationKey } from '../model/relation-name.ts';
import type { NoRowChange, RowChange } from '../model/row-change.ts';
import { quoteIdentifier } from '../sql/postgres/quote.ts';
import { renameIdentifier } from '../sql/postgres/rename-identifier.ts';
import { typeSql } from '../sql/postgres/type-sql.ts';
import { differs } from './sync-trigger.ts';
import { walkableKey } from './target-table.ts';

export interface CutBackfillInput {
  readonly change: RowChange;
  readonly catalog: Catalog;
  /** Whether an expression answers the same for the same row in every transaction, as far as is known for certain. */
  isSteady(expression: Expression): boolean;
}

/**
 * Cuts a statement that somebody wrote into what each batch does to its rows. Along a unique key every row is met once
 * and its batch commits with the cursor, so whatever the statement says of one row alone may be said; without a key the
 * condition must be false of a row once it is changed.
 *
 * @returns why not, where batches would do something else than the statement in one transaction.
 */
export function cutBackfill(input: CutBackfillInput): BackfillDefinition | NoRowChange {
  const { change, catalog } = input;
  const relation = findRelation(catalog, change.table);
  if (relation === null) {
    const { schema, name } = change.table;
    return {
      reason: `There is no table ${schema === null ? '' : `${schema}.`}${name} in this database.`,
      remedy: 'check the name, and write it with its schema',
    };
  }
  if (relation.kind !== 'table') {
    return {
      reason: `${relationKey(relation.name)} is no table but a ${relation.kind.replace('-', ' ')}.`,
      remedy: 'name the table that holds the rows',
    };
  }
  return refusalOf(input, relation) ?? definitionOf(input, relation);
}

function definitionOf(input: CutBackfillInput, table: Table): BackfillDefinition | NoRowChange {
  const { change } = input;
  const keyColumns = walkableKey(table);
  const given = change.condition === null ? null : `(${change.condition.sql})`;
  const guard = guardOf(input, table);
  const remaining = remainingOf(input, guard, given);
  if (keyColumns.length === 0 && remaining === null) return keyMissing(table);
  return {
    verb: change.verb,
    table: relationKey(table.name),
    alias: change.alias ?? table.name.name,
    assignments: change.assignments,
    where: [given, guard].filter((part) => part !== null).join(' AND ') || 'true',
    remaining,
    keyColumns,
    notes: notesOf(input, table),
  };
}

/** A row that has its new values already is left alone, where that can be told; a trigger of the user sees every row. */
function guardOf({ change, isSteady }: CutBackfillInput, table: Table): string | null {
  if (change.verb === 'delete' || change.sets.length === 0 || table.triggers.length > 0) return null;
  if (change.reads.length > 0 || !change.sets.every(({ value }) => isSteady(value))) return null;
  if (change.sets.some(({ value }) => /^\s*default\s*$/i.test(value.sql))) return null;
  const types = new Map(table.columns.map(({ name, type }) => [name, typeSql(type)]));
  const left = change.sets.map(({ column }) => quoteIdentifier(column)).join(', ');
  const right = change.sets.map(({ column, value }) => `(${value.sql})::${types.get(column) ?? 'text'}`).join(', ');
  return differs(left, right);
}

function remainingOf(
  { change, isSteady }: CutBackfillInput,
  guard: string | null,
  given: string | null,
): string | null {
  const { condition } = change;
  if (condition !== null && (change.reads.length > 0 || !isSteady(condition))) return null;
  if (change.verb === 'delete') return given ?? 'true';
  const own = new Set(change.sets.map(({ column }) => column));
  const readsItself = change.sets.some(({ value }) => value.columns.some((name) => own.has(name)));
  if (guard === null || readsItself) return null;
  return given === null ? guard : `${given} AND ${guard}`;
}

function keyMissing(table: Table): NoRowChange {
  const nullable = table.indexes.find((index) => index.unique && index.valid && index.predicate === null);
  const columns = nullable?.keys.map(({ column }) => column ?? 'an expression') ?? [];
  const why =
    nullable === undefined
      ? 'has no unique key'
      : `has only the unique index ${nullable.name}, on ${columns.join(', ')}, which may be NULL or is no column`;
  return {
    reason: `Table ${relationKey(table.name)} ${why}, and a row that was changed cannot be told from one that was not: it could be changed twice, or never.`,
    remedy:
      'add a condition that is false once a row is changed (WHERE new IS NULL or new IS DISTINCT FROM ...), or give the table a primary key',
  };
}

/** The first reason, if any, for which batches would not do what the statement says. */
function refusalOf(input: CutBackfillInput, table: Table): NoRowChange | null {
  return tableRefusal(input, table) ?? columnRefusal(input, table) ?? deleteRefusal(input, table);
}

function tableRefusal({ change, catalog }: CutBackfillInput, table: Table): NoRowChange | null {
  const key = relationKey(table.name);
  if (table.persistence === 'temporary') {
    return {
      reason: `${key} is a temporary table: only its own session sees the rows.`,
      remedy: 'run the statement as it is',
    };
  }
  if ((table.rules ?? []).length > 0) {
    return {
      reason: `Table ${key} has the rule ${table.rules?.[0]}, which makes something else of each batch.`,
      remedy: 'drop the rule, or change the rows without it',
    };
  }
  const children = childrenOf(catalog, key);
  if (children.length > 0 && table.partitionBy === null) {
    return {
      reason: `Tables inherit from ${key} (${children.map(({ name }) => relationKey(name)).join(', ')}), and a unique key of the parent says nothing of their rows.`,
      remedy: 'start one backfill for each of the tables that hold rows',
    };
  }
  const readsItself = change.reads.some((read) => relationKey(resolveName(catalog, read)) === key);
  if (!readsItself) return null;
  return {
    reason: `A sub-select reads ${key} itself: a batch would see what earlier batches have changed.`,
    remedy: 'put what the sub-select answers into another table first, and read that one',
  };
}

function columnRefusal({ change }: CutBackfillInput, table: Table): NoRowChange | null {
  const key = walkableKey(table);
  for (const { column: name, value } of change.sets) {
    const column = table.columns.find((one) => one.name === name);
    const refusal = column === undefined ? unknownColumn(name, table) : unsettable(column, value);
    if (refusal !== null) return refusal;
    if (key.includes(name)) {
      return {
        reason: `It changes ${name}, a column of the key that the rows are walked along: a changed row could be met again.`,
        remedy: 'put the new value into a column of its own, and swap the columns afterwards',
      };
    }
    if (table.partitionBy !== null && names(table.partitionBy.key, name)) {
      return {
        reason: `It changes ${name}, by which the table is partitioned: rows would move into partitions still to be walked.`,
        remedy: 'move the rows by INSERT and DELETE of your own, partition by partition',
      };
    }
  }
  return null;
}

/** Whether SQL text names a column. */
function names(sql: string, column: string): boolean {
  return renameIdentifier(sql, column, `${column}_`) !== sql;
}

function unknownColumn(name: string, table: Table): NoRowChange {
  const known = table.columns.map((one) => one.name).join(', ');
  return {
    reason: `${relationKey(table.name)} has no column ${name}; it has ${known}.`,
    remedy: 'check the name of the column',
  };
}

function unsettable(column: Column, value: Expression): NoRowChange | null {
  if (/^\s*default\s*$/i.test(value.sql)) return null;
  if (column.generated !== null) {
    return {
      reason: `Column ${column.name} is generated: the server computes it, and nobody may set it.`,
      remedy: 'change the columns that it is computed from',
    };
  }
  if (column.identity !== 'always') return null;
  return {
    reason: `Column ${column.name} is GENERATED ALWAYS AS IDENTITY, and can only be set to DEFAULT.`,
    remedy: 'leave it out',
  };
}

/** Without an index on the other side, each deleted row would read the whole table that points at it. */
function deleteRefusal({ change, catalog }: CutBackfillInput, table: Table): NoRowChange | null {
  if (change.verb === 'update') return null;
  const key = relationKey(table.name);
  for (const { table: other, constraint } of referencingTables(catalog, key)) {
    const isFound = other.indexes.some(
      ({ keys, valid }) =>
        valid && constraint.columns.every((_column, index) => constraint.columns.includes(keys[index]?.column ?? '')),
    );
    if (isFound || other.partitionOf !== null) continue;
    const columns = constraint.columns.map(quoteIdentifier).join(', ');
    return {
      reason: `${relationKey(other.name)} points here by ${constraint.name} and has no index on (${columns}): each deleted row would read all of it.`,
      remedy: `CREATE INDEX CONCURRENTLY ON ${relationKey(other.name)} (${columns})`,
    };
  }
  return null;
}

/** What one would rather know before than after. */
function notesOf({ change, catalog, isSteady }: CutBackfillInput, table: Table): readonly string[] {
  const key = relationKey(table.name);
  const sets = new Set(change.sets.map(({ column }) => column));
  const notes: string[] = [];
  const triggers = table.triggers.map(({ name }) => name);
  if (triggers.length > 0) {
    notes.push(`Triggers of ${key} run for every row as they do for the application: ${triggers.join(', ')}.`);
  }
  for (const constraint of table.constraints) {
    if (constraint.kind === 'foreign-key' && constraint.columns.some((name) => sets.has(name))) {
      notes.push(
        `Each changed row locks the row of ${constraint.references} that it points at (${constraint.name}), as FOR KEY SHARE does.`,
      );
    }
  }
  if (change.verb === 'delete') notes.push(...cascadeNotes(catalog, key));
  const published = (catalog.publications ?? []).length > 0;
  if (published)
    notes.push('This database has publications: what is published goes to every subscriber, batch by batch.');
  if (table.persistence === 'unlogged') {
    notes.push(`${key} is unlogged: a crash of the server empties it, and the books of this backfill stay.`);
  }
  const indexed = table.indexes.filter(({ keys }) => keys.some(({ column }) => column !== null && sets.has(column)));
  if (indexed.length > 0) {
    notes.push(
      `${indexed.map(({ name }) => name).join(', ')} cover what is changed, so no row can be changed in place (HOT); an index that is built afterwards costs less.`,
    );
  }
  if (change.condition !== null && !isSteady(change.condition)) {
    notes.push('The condition asks the clock or a function anew in every batch, so what is left cannot be verified.');
  }
  if (change.sets.some(({ value }) => !isSteady(value))) {
    notes.push('A value hangs on the clock or on chance: each row gets the one of the moment of its batch.');
  }
  if (change.reads.length > 0) notes.push('Its sub-selects see other tables as they are at the moment of each batch.');
  return notes;
}

function cascadeNotes(catalog: Catalog, key: string): readonly string[] {
  return referencingTables(catalog, key).map(({ table, constraint }) => {
    const other = relationKey(table.name);
    const action = constraint.onDelete.toLowerCase();
    return action === 'no action' || action === 'restrict'
      ? `A row that ${other} still points at (${constraint.name}) cannot be deleted: it counts as a row that fails.`
      : `Each deleted row changes its rows of ${other}, too (${constraint.name}, ON DELETE ${constraint.onDelete.toUpperCase()}).`;
  });
}
