import type { AlterTable } from '../../model/action.ts';
import type { AlterCommand } from '../../model/alter-command.ts';
import type { Table } from '../../model/catalog.ts';
import type { ConstraintDefinition } from '../../model/definition.ts';
import { inPreparation, passOf } from './alter-pass.ts';
import { isSameType } from './base-type.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';

/** What one ALTER TABLE can do once only: add or drop a name, add a primary key, change a type or the persistence. */
export function refuseRepeats(context: FactsContext, table: Table, action: AlterTable): void {
  const { draft } = context;
  const added = new Set<string>();
  const dropped = new Set<string>();
  const typed = new Set<string>();
  let hasPrimaryKey = false;
  let isSet = false;
  for (const command of action.commands) {
    draft.rank = passOf(command);
    if (command.kind === 'set-logged' || command.kind === 'set-unlogged') {
      if (isSet) inPreparation(draft, () => addFailure(draft, '0A000', 'LOGGED and UNLOGGED are set twice'));
      const isSo = table.persistence === (command.kind === 'set-logged' ? 'permanent' : 'unlogged');
      isSet ||= !isSo;
    }
    if (command.kind === 'set-type') {
      if (typed.has(command.column)) addFailure(draft, '0A000', `${command.column} gets two types`);
      const column = table.columns.find((one) => one.name === command.column);
      // The server sees the second change only by what the first one did.
      if (column === undefined || !isSameType(column.type, command.type)) typed.add(command.column);
    }
    if (command.kind === 'drop-constraint') {
      if (dropped.has(command.name) && !command.ifExists)
        addFailure(draft, '42704', `${command.name} is dropped twice`);
      dropped.add(command.name);
    }
    for (const { kind, name } of constraintsOf(command)) {
      if (kind === 'primary-key' && hasPrimaryKey) addFailure(draft, '42P16', 'there can be one primary key only');
      if (kind === 'primary-key') hasPrimaryKey = true;
      if (name !== null && added.has(name)) addFailure(draft, '42710', `${name} is added twice`);
      if (name !== null) added.add(name);
    }
  }
  draft.rank = 0;
}

function constraintsOf(command: AlterCommand): readonly ConstraintDefinition[] {
  if (command.kind === 'add-constraint') return [command.constraint];
  return command.kind === 'add-column' ? command.column.constraints : [];
}
