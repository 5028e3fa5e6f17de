import type { AlterTable } from '../../model/action.ts';
import type { AlterCommand } from '../../model/alter-command.ts';
import type { Column, Table, TableConstraint } from '../../model/catalog.ts';
import type { ColumnDefinition } from '../../model/definition.ts';
import { relationKey } from '../../model/relation-name.ts';

/**
 * The table as one command of an ALTER TABLE finds it. The server sorts the commands into passes: first everything that
 * is dropped, then changes of type, then added columns, then the rest (ATPrepCmd in its source).
 */
export function tableInPass(table: Table, action: AlterTable, command: AlterCommand): Table {
  if (action.commands.length === 1 && action.commands[0] === command) return table;
  const isDrop = command.kind.startsWith('drop-');
  const earlier = isDrop ? action.commands.slice(0, action.commands.indexOf(command)) : action.commands;
  const columns = new Set(earlier.flatMap((one) => (one.kind === 'drop-column' ? [one.column] : [])));
  const named = new Set(earlier.flatMap((one) => (one.kind === 'drop-constraint' ? [one.name] : [])));
  for (const column of openedBy(table, earlier)) named.add(column);
  for (const key of ownReferencesTo(table, earlier)) named.add(key);
  const unenforced = enforcementBefore(action, command);
  const isFirst = isDrop || command.kind === 'set-type';
  const added = isFirst || command.kind === 'add-column' ? [] : addedColumns(table, action);
  const changed = isFirst ? [] : action.commands.filter((one) => one.kind === 'set-type');
  const dropped = isDrop ? [] : earlier.filter((one) => one.kind === 'drop-default' || one.kind === 'drop-identity');
  if (columns.size + named.size + added.length + changed.length + unenforced.size + dropped.length === 0) return table;
  const isGone = (one: TableConstraint): boolean => named.has(one.name) || goesWithColumn(one, columns);
  const gone = new Set(table.constraints.filter(isGone).map((one) => one.name));
  const isFreed = (name: string): boolean =>
    table.constraints.some((one) => one.kind === 'not-null' && one.column === name && gone.has(one.name));
  const kept = table.columns.filter((one) => !columns.has(one.name));
  const typed = kept.map((one) => ({
    ...withoutNumbers(one, dropped),
    type: changed.find(({ column }) => column === one.name)?.type ?? one.type,
  }));
  return {
    ...table,
    columns: [...typed.map((one) => (isFreed(one.name) ? { ...one, notNull: false } : one)), ...added],
    constraints: table.constraints
      .filter((one) => !gone.has(one.name))
      .map((one) => (unenforced.has(one.name) && one.kind === 'foreign-key' ? { ...one, ...NOT_ENFORCED } : one)),
    indexes: table.indexes.filter(
      (one) =>
        (one.constraint === null || !gone.has(one.constraint)) &&
        !one.keys.some((key) => key.column !== null && columns.has(key.column)),
    ),
  };
}

/** A column whose default or identity is dropped by the same statement: it can get the other one. */
function withoutNumbers(column: Column, dropped: readonly AlterCommand[]): Column {
  const drops = (kind: AlterCommand['kind']): boolean =>
    dropped.some((one) => one.kind === kind && 'column' in one && one.column === column.name);
  return {
    ...column,
    default: drops('drop-default') && column.generated === null ? null : column.default,
    identity: drops('drop-identity') ? null : column.identity,
  };
}

const NOT_ENFORCED = { enforced: false, valid: false } as const;

/** Foreign keys that the commands before turned off, commands of one pass being run in the order in which they stand. */
function enforcementBefore(action: AlterTable, command: AlterCommand): ReadonlySet<string> {
  if (command.kind !== 'validate-constraint' && command.kind !== 'alter-constraint') return new Set();
  const earlier = action.commands.slice(0, action.commands.indexOf(command));
  return new Set(
    earlier.flatMap((one) => (one.kind === 'alter-constraint' && one.enforced === false ? [one.name] : [])),
  );
}

/** Foreign keys of the table to itself, which go with the key that they point at when that is dropped with CASCADE. */
function ownReferencesTo(table: Table, earlier: readonly AlterCommand[]): readonly string[] {
  const cascaded = earlier.flatMap((one) => (one.kind === 'drop-constraint' && one.cascade ? [one.name] : []));
  const dropped = earlier.flatMap((one) => (one.kind === 'drop-column' && one.cascade ? [one.column] : []));
  const keys = table.constraints.flatMap((one) =>
    (one.kind === 'primary-key' || one.kind === 'unique') && cascaded.includes(one.name)
      ? [columnSet(one.columns)]
      : [],
  );
  return table.constraints.flatMap((one) => {
    if (one.kind !== 'foreign-key' || one.references !== relationKey(table.name)) return [];
    const isGone = one.referencedColumns.some((column) => dropped.includes(column));
    return isGone || keys.includes(columnSet(one.referencedColumns)) ? [one.name] : [];
  });
}

function columnSet(columns: readonly string[]): string {
  return [...columns].sort().join();
}

/** Since 18 DROP NOT NULL drops the constraint of the column, whatever its name. */
function openedBy(table: Table, earlier: readonly AlterCommand[]): readonly string[] {
  const opened = new Set(earlier.flatMap((one) => (one.kind === 'drop-not-null' ? [one.column] : [])));
  return table.constraints.flatMap((one) => (one.kind === 'not-null' && opened.has(one.column) ? [one.name] : []));
}

/** A constraint goes with any of its columns. */
function goesWithColumn(constraint: TableConstraint, columns: ReadonlySet<string>): boolean {
  if (constraint.kind === 'not-null') return columns.has(constraint.column);
  if (constraint.kind === 'check') return constraint.expression.columns.some((column) => columns.has(column));
  return 'columns' in constraint && constraint.columns.some((column) => columns.has(column));
}

/** The columns that an ALTER TABLE adds. */
export function addedColumns(table: Table, action: AlterTable): readonly Column[] {
  return action.commands.flatMap((one) =>
    one.kind === 'add-column' && !table.columns.some((column) => column.name === one.column.name)
      ? [columnFrom(one.column)]
      : [],
  );
}

function columnFrom(definition: ColumnDefinition): Column {
  const { name, type, notNull, default: value, identity, generated, collation } = definition;
  return { name, type, notNull: notNull && fillsItself(definition), default: value, identity, generated, collation };
}

/** Whether rows that are there get a value: a default, a number or a computed value. */
export function fillsItself(column: ColumnDefinition): boolean {
  const hasDefault = column.default !== null && column.default.sql.toUpperCase() !== 'NULL';
  return hasDefault || column.serial || column.identity !== null || column.generated !== null;
}
