import type { AlterTable } from '../../model/action.ts';
import type { AlterCommand } from '../../model/alter-command.ts';
import type { Table } from '../../model/catalog.ts';
import { ownedSequences, referencingTables } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { type FactsContext, hasStorage, lockTree, viewsOver, withDescendants } from './facts-context.ts';
import { addFailure, addLock, addLocks } from './facts-draft.ts';
import { provenNotNull } from './not-null-proof.ts';

type DropColumn = Extract<AlterCommand, { kind: 'drop-column' }>;

/** DROP COLUMN: the column's values are out of reach at once; what hangs on it goes along or forbids it. */
export function dropColumnFacts(context: FactsContext, table: Table, command: DropColumn, only: boolean): void {
  const { draft } = context;
  const key = relationKey(table.name);
  const what = `${key}.${command.column}`;
  const isKnown = table.columns.length === 0 || table.columns.some((column) => column.name === command.column);
  lockTree(context, table, 'ACCESS EXCLUSIVE', only);
  if (!isKnown) {
    if (!command.ifExists) addFailure(draft, '42703', `there is no column ${what}`);
    return;
  }
  draft.losses.add(`column ${what}`);
  draft.breaks.push({ kind: 'column-gone', what, sentence: `Statements that name ${what} fail with 42703.` });
  draft.because.add('DROP COLUMN changes the catalog only; the space comes back when rows are written anew.');
  addLocks(draft, ownedSequences(context.catalog, key, command.column), 'ACCESS EXCLUSIVE');
  const views = viewsOver(context, key, command.column);
  if (views.length > 0 && !command.cascade) addFailure(draft, '2BP01', `the view ${views[0]} reads ${command.column}`);
  if (command.cascade) {
    addLocks(draft, views, 'ACCESS EXCLUSIVE');
    for (const view of views) draft.losses.add(`view ${view}`);
  }
  dropForeignKeysOf(context, table, command);
}

function dropForeignKeysOf(context: FactsContext, table: Table, command: DropColumn): void {
  const { draft } = context;
  for (const constraint of table.constraints) {
    if (constraint.kind === 'foreign-key' && constraint.columns.includes(command.column)) {
      addLock(draft, constraint.references, 'ACCESS EXCLUSIVE');
    }
  }
  for (const peer of referencingTables(context.catalog, relationKey(table.name))) {
    if (!peer.constraint.referencedColumns.includes(command.column) || peer.table === table) continue;
    if (command.cascade) addLock(draft, relationKey(peer.table.name), 'ACCESS EXCLUSIVE');
    else addFailure(draft, '2BP01', `${relationKey(peer.table.name)} has a foreign key to ${command.column}`);
  }
}

/** SET NOT NULL: reads every row, unless a valid CHECK proves the answer and is not dropped by the same command. */
export function setNotNullFacts(context: FactsContext, table: Table, column: string, action: AlterTable): void {
  const { draft } = context;
  lockTree(context, table, 'ACCESS EXCLUSIVE', action.only);
  const dropped = action.commands.flatMap((one) => (one.kind === 'drop-constraint' ? [one.name] : []));
  const what = `${relationKey(table.name)}.${column}`;
  draft.breaks.push({
    kind: 'tightened',
    what,
    sentence: `INSERTs and UPDATEs that leave ${what} NULL fail with 23502.`,
  });
  for (const one of action.only ? [table] : withDescendants(context, table)) {
    if (provenNotNull(one, column, dropped)) {
      draft.because.add(`${what} is proven to hold no NULL, so SET NOT NULL reads no row (measured on 13 to 18).`);
    } else if (hasStorage(one)) {
      draft.scans.add(relationKey(one.name));
      draft.because.add(`SET NOT NULL reads every row under ACCESS EXCLUSIVE (measured on 13 to 18).`);
    }
  }
}

/** SET EXPRESSION (17 and later): a stored column is computed anew for every row. */
export function setExpressionFacts(context: FactsContext, table: Table, column: string, only: boolean): void {
  const { draft } = context;
  lockTree(context, table, 'ACCESS EXCLUSIVE', only);
  if (context.version.major < 17) addFailure(draft, '42601', 'SET EXPRESSION needs PostgreSQL 17');
  const isVirtual = table.columns.some((one) => one.name === column && one.generated === 'virtual');
  for (const one of withDescendants(context, table)) {
    if (!isVirtual && hasStorage(one)) draft.rewrites.add(relationKey(one.name));
  }
}
