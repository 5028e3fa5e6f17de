import type { AlterTable } from '../../model/action.ts';
import type { AlterCommand, AlterCommandOf } from '../../model/alter-command.ts';
import type { Table } from '../../model/catalog.ts';
import { findIndex } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { addColumnFacts } from './add-column.ts';
import { addConstraintFacts } from './add-constraint.ts';
import { alterColumnTypeFacts } from './alter-column-type.ts';
import { alterIndexFacts } from './alter-index.ts';
import { plainCommandFacts, weakestMode } from './catalog-only-commands.ts';
import { dropColumnFacts, setExpressionFacts, setNotNullFacts } from './column-changes.ts';
import { alterConstraintFacts, dropConstraintFacts, validateConstraintFacts } from './constraint-changes.ts';
import { type FactsContext, keyOf, lookUp, requireColumn, withDescendants } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { attachPartitionFacts, detachPartitionFacts } from './partition-facts.ts';
import { setPersistenceFacts } from './set-persistence.ts';
import { tableInPass } from './table-in-pass.ts';

/** ALTER TABLE, INDEX, SEQUENCE, VIEW and MATERIALIZED VIEW: each command on its own, the strongest lock wins. */
export function alterTableFacts(context: FactsContext, action: AlterTable): void {
  const isIndex = action.object === 'index' || findIndex(context.catalog, action.name) !== null;
  if (isIndex) return alterIndexFacts(context, action);
  if (action.commands.some((one) => one.kind === 'detach-partition' && one.concurrently)) {
    context.draft.transaction = 'outside-only';
  }
  const relation = lookUp(context, action.name, { ifExists: action.ifExists });
  if (relation?.kind === 'table') {
    for (const command of action.commands) alterCommandFacts(context, relation, command, action);
    if (action.commands.length > 1) levelLocks(context, relation);
    return;
  }
  if (relation !== null) return alterOtherRelation(context, action);
  if (!context.catalogIsComplete) assumeOrdinaryTable(context, action);
}

/** The strongest of the commands decides, for the table and for what they reach below it. */
function levelLocks(context: FactsContext, table: Table): void {
  const { draft } = context;
  const mode = draft.locks.get(relationKey(table.name));
  if (mode === undefined) return;
  for (const one of withDescendants(context, table)) {
    const key = relationKey(one.name);
    if (draft.locks.has(key)) addLock(draft, key, mode);
  }
}

/** What ALTER does to a view, a materialized view or a sequence: only some commands are for them. */
function alterOtherRelation(context: FactsContext, action: AlterTable): void {
  const relation = lookUp(context, action.name);
  const isSmall =
    (relation?.kind === 'materialized-view' || relation?.kind === 'view') &&
    action.commands.every((command) => weakestMode(command) === 'SHARE UPDATE EXCLUSIVE');
  addLock(context.draft, keyOf(context, action.name), isSmall ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE');
  const added = action.commands.find((command) => command.kind === 'add-column' || command.kind === 'add-constraint');
  if (added !== undefined) addFailure(context.draft, '42809', `${keyOf(context, action.name)} is not a table`);
}

/** What the same command would do to a plain table without partitions: the best that can be said. */
function assumeOrdinaryTable(context: FactsContext, action: AlterTable): void {
  const plain: Table = {
    kind: 'table',
    name: { schema: action.name.schema ?? context.catalog.searchPath[0] ?? 'public', name: action.name.name },
    columns: [],
    constraints: [],
    indexes: [],
    triggers: [],
    rowSecurity: 'off',
    policies: [],
    persistence: 'permanent',
    replicaIdentity: 'default',
    partitionBy: null,
    partitionOf: null,
    inherits: [],
    rowsEstimate: null,
    bytes: null,
  };
  for (const command of action.commands) alterCommandFacts(context, plain, command, action);
}

function alterCommandFacts(context: FactsContext, before: Table, command: AlterCommand, action: AlterTable): void {
  const { only } = action;
  const table = tableInPass(before, action, command);
  if ('column' in command && typeof command.column === 'string' && command.kind !== 'drop-column') {
    requireColumn(context, table, command.column);
  }
  switch (command.kind) {
    case 'add-column':
      if (isAddedBefore(action, command)) {
        if (!command.ifNotExists) addFailure(context.draft, '42701', `${command.column.name} is added twice`);
        return;
      }
      return addColumnFacts(context, table, command.column, action, command.ifNotExists);
    case 'drop-column':
      return dropColumnFacts(context, table, command, action);
    case 'set-type':
      return alterColumnTypeFacts(context, table, command, only);
    case 'set-not-null':
      return setNotNullFacts(context, table, command.column, only);
    case 'set-expression':
      return setExpressionFacts(context, table, command.column, only);
    case 'add-constraint': {
      const isNew = newColumns(before, action);
      return addConstraintFacts(context, table, command.constraint, { only, emptyColumns: isNew });
    }
    case 'drop-constraint':
      return dropConstraintFacts(context, table, command, only);
    case 'validate-constraint':
      return validateConstraintFacts(context, table, command.name);
    case 'alter-constraint':
      return alterConstraintFacts(context, table, command);
    case 'attach-partition':
      return attachPartitionFacts(context, table, command);
    case 'detach-partition':
      return detachPartitionFacts(context, table, command);
    case 'set-logged':
    case 'set-unlogged':
      return setPersistenceFacts(context, table, command.kind);
    default:
      return plainCommandFacts(context, table, command, only);
  }
}

function isAddedBefore(action: AlterTable, command: AlterCommandOf<'add-column'>): boolean {
  const added = action.commands.filter((one) => one.kind === 'add-column' && one.column.name === command.column.name);
  return added[0] !== command;
}

/** Columns that the statement adds without a value: every row holds NULL there. */
function newColumns(before: Table, action: AlterTable): readonly string[] {
  return action.commands.flatMap((one) =>
    one.kind === 'add-column' &&
    (one.column.default === null || one.column.default.sql.toUpperCase() === 'NULL') &&
    !before.columns.some((column) => column.name === one.column.name)
      ? [one.column.name]
      : [],
  );
}
