import type { Table } from '../model/catalog.ts';
import type { Expression } from '../model/expression.ts';
import { makeObjectName } from '../model/object-name.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import { quoteIdentifier } from '../sql/postgres/quote.ts';

/** A function as it is made, and what the server then keeps as its source. */
export interface SyncFunction {
  readonly createFunction: string;
  readonly functionSource: string;
}

/** The trigger that keeps two columns of a table in step while both are in use, and its function. */
export interface SyncTrigger extends SyncFunction {
  /** Sorts behind the user's own triggers, so that it sees what they wrote. */
  readonly trigger: string;
  readonly functionKey: RelationKey;
  readonly createTrigger: string;
  readonly dropAll: readonly string[];
}

export interface OneWayTrigger extends SyncTrigger {
  /** The same function for the time when a value that does not fit is to be refused; null where every value fits. */
  readonly strict: SyncFunction | null;
}

function triggerNamed(table: Table, column: string, body: string): SyncTrigger {
  const key = relationKey(table.name);
  const trigger = makeObjectName('zzz_evenkeel', `${table.name.name}_${column}`, 'sync');
  const functionName = makeObjectName('evenkeel', `${table.name.name}_${column}`, 'sync');
  const functionKey = relationKey({ schema: table.name.schema, name: functionName });
  const functionSource = `\nBEGIN\n${body}\n  RETURN NEW;\nEND\n`;
  return {
    trigger,
    functionKey,
    createFunction: `CREATE OR REPLACE FUNCTION ${functionKey}() RETURNS trigger LANGUAGE plpgsql AS $evenkeel$${functionSource}$evenkeel$`,
    functionSource,
    createTrigger: `CREATE TRIGGER ${quoteIdentifier(trigger)} BEFORE INSERT OR UPDATE ON ${key} FOR EACH ROW EXECUTE FUNCTION ${functionKey}()`,
    dropAll: [`DROP TRIGGER ${quoteIdentifier(trigger)} ON ${key}`, `DROP FUNCTION ${functionKey}()`],
  };
}

/** Whether two values differ, also for types without an equality operator (json) and where equal is not identical (citext). */
export function differs(left: string, right: string): string {
  return `(ROW(${left})::record *<> ROW(${right})::record)`;
}

/**
 * Both columns hold the same value. Old code writes the old one, new code the new one; the side that a statement
 * changed wins, and where it changed both the new one does.
 */
export function twoWaySync(table: Table, oldColumn: string, newColumn: string): SyncTrigger {
  const oldName = quoteIdentifier(oldColumn);
  const newName = quoteIdentifier(newColumn);
  const body = `  IF TG_OP = 'INSERT' THEN
    IF NEW.${newName} IS NOT NULL THEN
      NEW.${oldName} := NEW.${newName};
    ELSE
      NEW.${newName} := NEW.${oldName};
    END IF;
  ELSIF ${differs(`NEW.${newName}`, `OLD.${newName}`)} THEN
    NEW.${oldName} := NEW.${newName};
  ELSE
    NEW.${newName} := NEW.${oldName};
  END IF;`;
  return triggerNamed(table, newColumn, body);
}

export interface OneWaySync {
  readonly table: Table;
  readonly column: string;
  readonly newColumn: string;
  /** The new value as an expression over the table's columns; null for the column itself. */
  readonly expression: Expression | null;
  /** Whether every value of the old type has one of the new: then the conversion cannot fail a write. */
  readonly alwaysFits: boolean;
}

/**
 * The new column follows the old one. A value that does not fit leaves the new column NULL instead of failing the
 * application's write; the backfill then finds the row and says so.
 */
export function oneWaySync(sync: OneWaySync): OneWayTrigger {
  const target = `NEW.${quoteIdentifier(sync.newColumn)}`;
  const value =
    sync.expression === null
      ? `NEW.${quoteIdentifier(sync.column)}`
      : `(SELECT ${sync.expression.sql} FROM (SELECT NEW.*) AS ${quoteIdentifier(sync.table.name.name)})`;
  const assign = `  ${target} := ${value};`;
  const unless = (otherwise: string): string =>
    `  BEGIN\n  ${assign}\n  EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN\n${otherwise}    ${target} := NULL;\n  END;`;
  const named = (body: string): SyncTrigger => triggerNamed(sync.table, sync.column, body);
  if (sync.alwaysFits) return { ...named(assign), strict: null };
  const { createFunction, functionSource } = named(unless(raiseWhereWritten(sync)));
  return { ...named(unless('')), strict: { createFunction, functionSource } };
}

/** A row that has held such a value all along can still be changed in its other columns. */
function raiseWhereWritten({ column, expression }: OneWaySync): string {
  const sources = [...new Set([column, ...(expression?.columns ?? [])])];
  const row = (name: 'NEW' | 'OLD'): string => sources.map((one) => `${name}.${quoteIdentifier(one)}`).join(', ');
  return `    IF TG_OP = 'INSERT' OR ${differs(row('NEW'), row('OLD'))} THEN\n      RAISE;\n    END IF;\n`;
}

export interface DerivedColumns {
  readonly table: Table;
  /** What the expressions call the row. */
  readonly alias: string;
  readonly sources: readonly string[];
  readonly targets: readonly {
    readonly name: string;
    readonly value: string;
    /** Where the value cannot be computed. */
    readonly otherwise: string;
  }[];
  /** True of a row (`NEW`) in which nobody has given the targets a value yet. */
  readonly unset: string;
}

/**
 * Columns follow others of their row by expressions that nobody can turn round. Who writes the targets knows of them and
 * is left alone; where only the sources change, the targets follow. A value that cannot be computed leaves them unset
 * instead of failing the application's write.
 */
export function derivedSync({ table, alias, sources, targets, unset }: DerivedColumns): SyncTrigger {
  const names = (row: 'NEW' | 'OLD', columns: readonly string[]): string =>
    columns.map((name) => `${row}.${quoteIdentifier(name)}`).join(', ');
  const own = targets.map(({ name }) => name);
  const changed =
    sources.length === 0
      ? 'false'
      : `${differs(names('NEW', sources), names('OLD', sources))}
      AND NOT ${differs(names('NEW', own), names('OLD', own))}`;
  const body = `  IF TG_OP = 'INSERT' THEN
    IF NOT (${unset}) THEN
      RETURN NEW;
    END IF;
  ELSIF NOT (${changed}) THEN
    RETURN NEW;
  END IF;
  BEGIN
    SELECT ${targets.map(({ value }) => value).join(', ')}
      INTO ${names('NEW', own)} FROM (SELECT NEW.*) AS ${quoteIdentifier(alias)};
  EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
${targets.map(({ name, otherwise }) => `    NEW.${quoteIdentifier(name)} := ${otherwise};`).join('\n')}
  END;`;
  return triggerNamed(table, own[0] ?? '', body);
}
