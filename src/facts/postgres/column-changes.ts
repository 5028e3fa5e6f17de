import type { AlterTable } from '../../model/action.ts';
import type { AlterCommandOf } from '../../model/alter-command.ts';
import type { Table } from '../../model/catalog.ts';
import { childrenOf, ownedSequences, referencingTables } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import {
  type FactsContext,
  hasChildren,
  isKnown,
  lockTree,
  reached,
  rewriteTree,
  withDescendants,
} from './facts-context.ts';
import { addFailure, addLock, addLocks } from './facts-draft.ts';
import { isInAnyPartitionKey, isInheritedColumn } from './inheritance.ts';
import { dropOwnedSequences } from './nextval-sequences.ts';
import { isValidNotNull, scanUnlessProven } from './not-null-proof.ts';
import { policiesNaming } from './policies-naming.ts';
import { lockFormerReference } from './references.ts';
import { viewsOver } from './views-over.ts';

type DropColumn = AlterCommandOf<'drop-column'>;

/** DROP COLUMN: the column's values are out of reach at once; what hangs on it goes along or forbids it. */
export function dropColumnFacts(context: FactsContext, table: Table, command: DropColumn, action: AlterTable): void {
  const { draft } = context;
  const key = relationKey(table.name);
  const what = `${key}.${command.column}`;
  const isThere = !isKnown(table) || table.columns.some((column) => column.name === command.column);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  if (!isThere) {
    if (!command.ifExists) addFailure(draft, '42703', `there is no column ${what}`);
    return;
  }
  lockTree(context, table, 'ACCESS EXCLUSIVE', action.only);
  // Tables directly below keep the column, as one of their own.
  for (const child of childrenOf(context.catalog, key)) addLock(draft, relationKey(child.name), 'ACCESS EXCLUSIVE');
  refuseDropColumn(context, table, command, action.only);
  if ((table.rules ?? []).length > 0)
    draft.unknown.add(`Whether a rule of ${key} names ${command.column} is not known.`);
  const tables = reached(context, table, action.only);
  const going = new Set(tables.map(({ name }) => relationKey(name)));
  for (const one of tables) {
    const name = `${relationKey(one.name)}.${command.column}`;
    draft.losses.add(`column ${name}`);
    const owned = ownedSequences(context.catalog, relationKey(one.name), command.column);
    dropOwnedSequences(context, owned, command.cascade, (user, column) => column === command.column && going.has(user));
    dropColumnDependents(context, one, command, action);
  }
  draft.breaks.push({ kind: 'column-gone', what, sentence: `Statements that name ${what} fail with 42703.` });
  draft.because.add('DROP COLUMN changes the catalog only; the space comes back when rows are written anew.');
}

function refuseDropColumn(context: FactsContext, table: Table, { column }: DropColumn, only: boolean): void {
  const { draft } = context;
  const what = `${relationKey(table.name)}.${column}`;
  if (isInheritedColumn(context, table, column)) addFailure(draft, '42P16', `${what} comes from the parent`);
  if (isInAnyPartitionKey(context, table, column)) addFailure(draft, '42P16', `${what} is part of the partition key`);
  if (only && table.partitionBy !== null && hasChildren(context, table)) {
    addFailure(draft, '42P16', `${what} cannot be dropped while the partitions keep it`);
  }
}

/** What hangs on a column goes along with CASCADE, and forbids it without. */
export function dropColumnDependents(
  context: FactsContext,
  table: Table,
  command: Pick<DropColumn, 'column' | 'cascade'>,
  action: Pick<AlterTable, 'commands'>,
): void {
  dropViewsOf(context, table, command);
  dropForeignKeysOf(context, table, command);
  const { draft, version } = context;
  const gone = new Set(action.commands.flatMap((one) => (one.kind === 'drop-column' ? [one.column] : [])));
  const generated = table.columns.filter(
    (one) => one.generated !== null && !gone.has(one.name) && one.default?.columns.includes(command.column) === true,
  );
  const trigger = table.triggers.find((one) => one.columns.includes(command.column));
  // Before 15 a generated column went along without being asked for.
  if (!command.cascade && version.major >= 15 && generated[0] !== undefined) {
    addFailure(draft, '2BP01', `the generated column ${generated[0].name} is computed from ${command.column}`);
  }
  for (const one of generated) draft.losses.add(`column ${relationKey(table.name)}.${one.name}`);
  for (const policy of policiesNaming(context, relationKey(table.name), command.column)) {
    if (command.cascade) addLock(draft, policy.table, 'ACCESS EXCLUSIVE');
    else addFailure(draft, '2BP01', `the policy ${policy.policy} of ${policy.table} names ${command.column}`);
  }
  if (trigger !== undefined && !command.cascade) {
    addFailure(draft, '2BP01', `the trigger ${trigger.name} names ${command.column}`);
  }
}

function dropViewsOf(context: FactsContext, table: Table, command: Pick<DropColumn, 'column' | 'cascade'>): void {
  const { draft } = context;
  const { certain, possible } = viewsOver(context, relationKey(table.name), command.column);
  if (possible.length > 0) {
    draft.unknown.add(`Whether ${possible.join(', ')} reads ${command.column} is not known here.`);
  }
  if (!command.cascade) {
    if (certain[0] !== undefined) addFailure(draft, '2BP01', `the view ${certain[0]} reads ${command.column}`);
    return;
  }
  addLocks(draft, certain, 'ACCESS EXCLUSIVE');
  for (const view of certain) draft.losses.add(`view ${view}`);
}

function dropForeignKeysOf(context: FactsContext, table: Table, command: Pick<DropColumn, 'column' | 'cascade'>): void {
  const { draft } = context;
  const key = relationKey(table.name);
  for (const constraint of table.constraints) {
    if (constraint.kind === 'foreign-key' && constraint.columns.includes(command.column)) {
      lockFormerReference(context, constraint.references);
    }
  }
  for (const peer of referencingTables(context.catalog, key)) {
    const peerKey = relationKey(peer.table.name);
    if (!peer.constraint.referencedColumns.includes(command.column) || peerKey === key) continue;
    if (command.cascade) addLock(draft, peerKey, 'ACCESS EXCLUSIVE');
    else addFailure(draft, '2BP01', `${peerKey} has a foreign key to ${command.column}`);
  }
}

/** Before 18 a table could lack the NOT NULL of the table it inherits from, so the server goes and looks. */
function asksChildren({ version }: FactsContext, table: Table): boolean {
  return version.major < 18 && table.partitionBy === null;
}

/** SET NOT NULL: reads every row, unless a valid CHECK proves the answer and is not dropped by the same statement. */
export function setNotNullFacts(context: FactsContext, table: Table, column: string, only: boolean): void {
  const { draft } = context;
  const isThere = isValidNotNull(table, column);
  lockTree(context, table, 'ACCESS EXCLUSIVE', only || (isThere && !asksChildren(context, table)));
  if (isThere) {
    draft.because.add(`${column} is NOT NULL already.`);
    // A column that the same statement adds is below what it is here.
    const isBelow = withDescendants(context, table).every((one) => one.columns.some(({ name }) => name === column));
    if (asksChildren(context, table) && isBelow) scanUnlessProven(context, table, [column], only);
    return;
  }
  const what = `${relationKey(table.name)}.${column}`;
  if (only && table.partitionBy !== null && childrenOf(context.catalog, relationKey(table.name)).length > 0) {
    addFailure(draft, '42P16', `${what} must become NOT NULL in the partitions, too`);
  }
  draft.breaks.push({
    kind: 'tightened',
    what,
    sentence: `INSERTs and UPDATEs that leave ${what} NULL fail with 23502.`,
  });
  const before = draft.scans.size;
  scanUnlessProven(context, table, [column], only);
  if (draft.scans.size > before) {
    draft.because.add('SET NOT NULL reads every row under ACCESS EXCLUSIVE (measured on 13 to 18).');
  }
}

/** SET EXPRESSION (17 and later): a stored column is computed anew for every row. */
export function setExpressionFacts(context: FactsContext, table: Table, name: string, only: boolean): void {
  const { draft } = context;
  lockTree(context, table, 'ACCESS EXCLUSIVE', only);
  const column = table.columns.find((one) => one.name === name);
  if (column?.generated === null) addFailure(draft, '55000', `${relationKey(table.name)}.${name} is not generated`);
  if (column?.generated === 'virtual') return;
  rewriteTree(context, table, only);
  draft.because.add('A stored column is computed anew for every row, so the table is rewritten.');
}
