import type { AlterTable } from '../../model/action.ts';
import type { AlterCommand, AlterCommandOf } from '../../model/alter-command.ts';
import { bareTable } from '../../model/bare-table.ts';
import type { Table } from '../../model/catalog.ts';
import { childrenOf, findIndex } from '../../model/catalog-lookup.ts';
import { withRelation } from '../../model/linked-relations.ts';
import { relationKey } from '../../model/relation-name.ts';
import { addColumnFacts } from './add-column.ts';
import { addConstraintFacts } from './add-constraint.ts';
import { alterColumnTypeFacts } from './alter-column-type.ts';
import { alterIndexFacts } from './alter-index.ts';
import { alterOtherRelation } from './alter-other-relation.ts';
import { inPreparation, passOf } from './alter-pass.ts';
import { plainCommandFacts } from './catalog-only-commands.ts';
import { dropColumnFacts, setExpressionFacts, setNotNullFacts } from './column-changes.ts';
import { alterConstraintFacts, dropConstraintFacts, validateConstraintFacts } from './constraint-changes.ts';
import type { KeyKind } from './constraint-place.ts';
import { type FactsContext, isKnown, lookUp, requireColumn, withDescendants } from './facts-context.ts';
import { addFailure, addLock, atRank } from './facts-draft.ts';
import { refuseMutable } from './mutability.ts';
import { attachPartitionFacts, detachPartitionFacts } from './partition-facts.ts';
import { refuseRepeats } from './refuse-repeats.ts';
import { refuseUnknownFunctions } from './refuse-unknown.ts';
import { setPersistenceFacts } from './set-persistence.ts';
import { tableInPass } from './table-in-pass.ts';
import { withAddedConstraints } from './with-added-constraints.ts';

/** ALTER TABLE, INDEX, SEQUENCE, VIEW and MATERIALIZED VIEW: each command on its own, the strongest lock wins. */
export function alterTableFacts(context: FactsContext, action: AlterTable): void {
  const isIndex = action.object === 'index' || findIndex(context.catalog, action.name) !== null;
  if (isIndex) return alterIndexFacts(context, action);
  if (action.commands.some((one) => one.kind === 'detach-partition' && one.concurrently)) {
    context.draft.transaction = 'outside-only';
  }
  const relation = lookUp(context, action.name, { ifExists: action.ifExists });
  if (relation?.kind === 'table') {
    if (action.object !== 'table' && action.object !== 'foreign-table') {
      addFailure(
        context.draft,
        '42809',
        `${relationKey(relation.name)} is a table, no ${action.object.replace('-', ' ')}`,
      );
    }
    for (const command of action.commands) {
      atRank(context.draft, passOf(command), () => alterCommandFacts(context, relation, command, action));
    }
    if (action.commands.length > 1) {
      refuseRepeats(context, relation, action);
      levelLocks(context, relation);
    }
    return;
  }
  if (relation !== null) return alterOtherRelation(context, relation, action);
  if (!context.catalogIsComplete) assumeOrdinaryTable(context, action);
}

/** The strongest of the commands decides, for the table and for what they reach below it. */
function levelLocks(context: FactsContext, table: Table): void {
  const { draft } = context;
  const mode = draft.locks.get(relationKey(table.name));
  if (mode === undefined) return;
  for (const one of withDescendants(context, table)) {
    const key = relationKey(one.name);
    const below = draft.locks.get(key);
    // An index of a partition is built under SHARE, whatever the statement holds above.
    if (below !== undefined && below !== 'SHARE') addLock(draft, key, mode);
  }
}

/** What the same command would do to a plain table without partitions: the best that can be said. */
function assumeOrdinaryTable(context: FactsContext, action: AlterTable): void {
  const schema = action.name.schema ?? context.catalog.searchPath[0] ?? 'public';
  const plain = bareTable({ schema, name: action.name.name }, 'permanent');
  for (const command of action.commands) alterCommandFacts(context, plain, command, action);
}

function alterCommandFacts(outer: FactsContext, before: Table, command: AlterCommand, action: AlterTable): void {
  const { only } = action;
  const table = withAddedConstraints(outer, tableInPass(before, action, command), action, command);
  const context = table === before ? outer : withTable(outer, table);
  if ('column' in command && typeof command.column === 'string' && command.kind !== 'drop-column') {
    const { column } = command;
    if (command.kind === 'set-type') inPreparation(context.draft, () => requireColumn(context, before, column));
    requireColumn(context, table, column);
  }
  switch (command.kind) {
    case 'add-column':
      if (isAddedBefore(action, command)) {
        if (!command.ifNotExists) addFailure(context.draft, '42701', `${command.column.name} is added twice`);
        return;
      }
      return addColumnFacts(context, table, command, action, keyBrought(action));
    case 'drop-default':
      if (!only && goesFirst(context, before, action, command.column)) {
        addFailure(context.draft, '42703', `${command.column} goes before its default does in the tables below`);
      }
      return plainCommandFacts(context, table, command, only);
    case 'drop-column':
      if (isDroppedBefore(action, command) && !command.ifExists) {
        addFailure(context.draft, '42703', `${command.column} is dropped twice`);
      }
      return dropColumnFacts(context, table, command, action);
    case 'set-type':
      return alterColumnTypeFacts(context, table, command, only);
    case 'set-not-null':
      refuseNewNotNull(context, before, command.column);
      return setNotNullFacts(context, table, command.column, only);
    case 'set-expression':
      setExpressionFacts(context, table, command.column, only);
      refuseUnknownFunctions(context, command.expression);
      return refuseMutable(context, table, command.expression, command.column);
    case 'add-constraint': {
      const isNew = newColumns(before, action);
      if (isKnown(before) && !isKnown(table) && 'columns' in command.constraint) {
        addFailure(context.draft, '42703', `${command.constraint.columns.join(', ')} goes in the same statement`);
      }
      return addConstraintFacts(context, table, command.constraint, {
        only,
        emptyColumns: isNew,
        bringsKey: keyBrought(action),
        opened: openedColumns(before, action),
        droppedForeignKeys: before.constraints.flatMap((one) =>
          one.kind === 'foreign-key' && !table.constraints.some(({ name }) => name === one.name) ? [one.columns] : [],
        ),
        leavesIndexesEmpty: before.partitionBy !== null && action.commands.some((one) => writesAnew(before, one)),
      });
    }
    case 'drop-constraint':
      return dropConstraintFacts(context, table, command, only);
    case 'validate-constraint':
      return validateConstraintFacts(context, table, command.name);
    case 'alter-constraint':
      return alterConstraintFacts(context, table, command, {
        only,
        isNew: !before.constraints.some((one) => one.name === command.name),
      });
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

/** Before 18 the columns of a partitioned table were looked at before the statement added any. */
function refuseNewNotNull({ catalog, draft, version }: FactsContext, before: Table, column: string): void {
  if (version.major >= 18 || before.partitionBy === null || !isKnown(before)) return;
  const isThere = before.columns.some((one) => one.name === column);
  if (isThere || childrenOf(catalog, relationKey(before.name)).length === 0) return;
  inPreparation(draft, () =>
    addFailure(draft, '42703', `there is no column ${relationKey(before.name)}.${column} yet`),
  );
}

/** Commands that have even a partitioned table written anew, which has nothing to write. */
function writesAnew(table: Table, command: AlterCommand): boolean {
  if (command.kind === 'set-logged') return table.persistence !== 'permanent';
  if (command.kind === 'set-unlogged') return table.persistence !== 'unlogged';
  return command.kind === 'set-access-method';
}

function openedColumns(table: Table, action: AlterTable): readonly string[] {
  return table.constraints.flatMap((one) =>
    one.kind === 'not-null' &&
    action.commands.some((command) => command.kind === 'drop-constraint' && command.name === one.name)
      ? [one.column]
      : [],
  );
}

/** The key that the statement adds, a primary one before others. */
function keyBrought(action: AlterTable): KeyKind | null {
  const kinds = action.commands.flatMap((one) =>
    one.kind === 'add-constraint'
      ? [one.constraint.kind]
      : one.kind === 'add-column'
        ? one.column.constraints.map(({ kind }) => kind)
        : [],
  );
  return (['primary-key', 'unique'] as const).find((kind) => kinds.includes(kind)) ?? null;
}

/** The server comes to the tables below after it has dropped the column there. */
function goesFirst(context: FactsContext, table: Table, action: AlterTable, column: string): boolean {
  const isDropped = action.commands.some((one) => one.kind === 'drop-column' && one.column === column);
  return isDropped && withDescendants(context, table).length > 1;
}

function isDroppedBefore(action: AlterTable, command: AlterCommandOf<'drop-column'>): boolean {
  const dropped = action.commands.filter((one) => one.kind === 'drop-column' && one.column === command.column);
  return dropped[0] !== command;
}

function isAddedBefore(action: AlterTable, command: AlterCommandOf<'add-column'>): boolean {
  const added = action.commands.filter((one) => one.kind === 'add-column' && one.column.name === command.column.name);
  return added[0] !== command;
}

/** The schema as the command finds it: names that the statement gives up are free. */
function withTable(context: FactsContext, table: Table): FactsContext {
  return { ...context, catalog: withRelation(context.catalog, table) };
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
