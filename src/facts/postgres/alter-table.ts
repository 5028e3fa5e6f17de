import type { AlterTable } from '../../model/action.ts';
import type { AlterCommand } from '../../model/alter-command.ts';
import type { Table } from '../../model/catalog.ts';
import { ownedSequences } from '../../model/catalog-lookup.ts';
import type { LockMode } from '../../model/lock-mode.ts';
import { relationKey } from '../../model/relation-name.ts';
import { addColumnFacts } from './add-column.ts';
import { addConstraintFacts } from './add-constraint.ts';
import { alterColumnTypeFacts } from './alter-column-type.ts';
import { dropColumnFacts, setExpressionFacts, setNotNullFacts } from './column-changes.ts';
import { alterConstraintFacts, dropConstraintFacts, validateConstraintFacts } from './constraint-changes.ts';
import { type FactsContext, keyOf, lockTree, lookUp } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { attachPartitionFacts, detachPartitionFacts, inheritFacts } from './partition-facts.ts';
import { setPersistenceFacts } from './set-persistence.ts';

/** ALTER TABLE, INDEX, SEQUENCE, VIEW and MATERIALIZED VIEW: each command on its own, the strongest lock wins. */
export function alterTableFacts(context: FactsContext, action: AlterTable): void {
  // A lock on an index alone is no lock on a table: readers and writers never wait for it.
  if (action.object === 'index') return alterIndexFacts(context, action);
  const relation = lookUp(context, action.name);
  if (relation === null && action.ifExists) return;
  if (relation?.kind !== 'table') {
    const mode = action.commands.every((command) => weakestKnownMode(command) === 'SHARE UPDATE EXCLUSIVE');
    const isSmall = mode && action.object === 'materialized-view';
    addLock(context.draft, keyOf(context, action.name), isSmall ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE');
    if (relation === null) assumeOrdinaryTable(context, action);
    return;
  }
  for (const command of action.commands) alterCommandFacts(context, relation, command, action);
}

function alterIndexFacts(context: FactsContext, action: AlterTable): void {
  const moves = action.commands.some((command) => command.kind === 'set-tablespace');
  context.draft.because.add('Only the index itself is locked; readers and writers of its table go on.');
  for (const command of action.commands) {
    if (command.kind !== 'attach-partition') continue;
    context.draft.because.add('Attaching an index checks definitions only.');
  }
  if (moves)
    context.draft.unknown.add('Moving an index to another tablespace copies it; readers planning on the table wait.');
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
  context.draft.locks.delete(relationKey(plain.name));
  for (const command of action.commands) alterCommandFacts(context, plain, command, action);
}

/** Commands that the manual lists under SHARE UPDATE EXCLUSIVE; everything else asks for more. */
function weakestKnownMode(command: AlterCommand): LockMode {
  switch (command.kind) {
    case 'set-statistics':
    case 'set-column-options':
    case 'set-options':
    case 'reset-options':
    case 'cluster-on':
    case 'set-without-cluster':
    case 'validate-constraint':
      return 'SHARE UPDATE EXCLUSIVE';
    default:
      return 'ACCESS EXCLUSIVE';
  }
}

function alterCommandFacts(context: FactsContext, table: Table, command: AlterCommand, action: AlterTable): void {
  const { draft } = context;
  const { only } = action;
  const key = relationKey(table.name);
  switch (command.kind) {
    case 'add-column': {
      const exists = table.columns.some((column) => column.name === command.column.name);
      if (exists && !command.ifNotExists)
        addFailure(draft, '42701', `the column ${command.column.name} exists already`);
      if (exists) return lockTree(context, table, 'ACCESS EXCLUSIVE', true);
      return addColumnFacts(context, table, command.column, only);
    }
    case 'drop-column':
      return dropColumnFacts(context, table, command, only);
    case 'set-type':
      return alterColumnTypeFacts(context, table, command, only);
    case 'set-not-null':
      return setNotNullFacts(context, table, command.column, action);
    case 'set-expression':
      return setExpressionFacts(context, table, command.column, only);
    case 'add-constraint':
      return addConstraintFacts(context, table, command.constraint, { only });
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
    case 'inherit':
    case 'no-inherit':
      return inheritFacts(context, table, command.parent);
    case 'set-logged':
    case 'set-unlogged':
      return setPersistenceFacts(context, table, command.kind);
    default:
      return plainCommandFacts(context, table, key, command, only);
  }
}

/** Commands that change the catalog and nothing else; they differ only in the lock and in whom they reach. */
function plainCommandFacts(
  context: FactsContext,
  table: Table,
  key: string,
  command: AlterCommand,
  only: boolean,
): void {
  const { draft } = context;
  switch (command.kind) {
    case 'set-default':
    case 'drop-default':
    case 'drop-not-null':
    case 'set-storage':
    case 'drop-expression':
      lockTree(context, table, 'ACCESS EXCLUSIVE', only);
      break;
    case 'set-statistics':
      lockTree(context, table, 'SHARE UPDATE EXCLUSIVE', only);
      break;
    case 'enable-trigger':
    case 'disable-trigger':
      lockTree(context, table, 'SHARE ROW EXCLUSIVE', only);
      break;
    case 'change-owner':
      addLock(draft, key, 'ACCESS EXCLUSIVE');
      for (const sequence of ownedSequences(context.catalog, key, null)) addLock(draft, sequence, 'ACCESS EXCLUSIVE');
      break;
    case 'add-identity':
    case 'set-identity':
    case 'drop-identity':
      addLock(draft, key, 'ACCESS EXCLUSIVE');
      break;
    case 'set-tablespace':
    case 'set-access-method':
      addLock(draft, key, 'ACCESS EXCLUSIVE');
      draft.unknown.add('Whether the table is copied hangs on where it lies now, which the schema does not tell.');
      break;
    case 'other':
      addLock(draft, key, 'ACCESS EXCLUSIVE');
      draft.unknown.add(`The effect of ${command.name} is not known.`);
      break;
    default:
      addLock(draft, key, weakestKnownMode(command));
  }
  draft.because.add('Only the catalog changes; no row is read or written.');
}
