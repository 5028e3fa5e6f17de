import type { AlterTable } from '../../model/action.ts';
import type { AlterCommand } from '../../model/alter-command.ts';
import type { Column, Table } from '../../model/catalog.ts';
import type { ColumnDefinition } from '../../model/definition.ts';

/**
 * The table as one command of an ALTER TABLE finds it. The server sorts the commands into passes: first everything that
 * is dropped, then changes of type, then added columns, then the rest (ATPrepCmd in its source).
 */
export function tableInPass(table: Table, action: AlterTable, command: AlterCommand): Table {
  if (command.kind.startsWith('drop-')) return table;
  const columns = action.commands.flatMap((one) => (one.kind === 'drop-column' ? [one.column] : []));
  const constraints = action.commands.flatMap((one) => (one.kind === 'drop-constraint' ? [one.name] : []));
  const added = command.kind === 'set-type' || command.kind === 'add-column' ? [] : addedColumns(table, action);
  if (columns.length + constraints.length + added.length === 0) return table;
  const isFreed = (name: string): boolean =>
    table.constraints.some((one) => one.kind === 'not-null' && one.column === name && constraints.includes(one.name));
  const kept = table.columns.filter((one) => !columns.includes(one.name));
  return {
    ...table,
    columns: [...kept.map((one) => (isFreed(one.name) ? { ...one, notNull: false } : one)), ...added],
    constraints: table.constraints.filter((one) => !constraints.includes(one.name)),
    indexes: table.indexes.filter((one) => one.constraint === null || !constraints.includes(one.constraint)),
  };
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
