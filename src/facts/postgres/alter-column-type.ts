import type { AlterCommand } from '../../model/alter-command.ts';
import type { Table } from '../../model/catalog.ts';
import { referencingTables, tableOf } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { typeChangeCost } from './column-type-change.ts';
import { type FactsContext, hasStorage, indexKey, lockTree, viewsOver, withDescendants } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';

type SetType = Extract<AlterCommand, { kind: 'set-type' }>;

/** ALTER COLUMN TYPE: four outcomes (free, index rebuild, constraint scan, rewrite) under ACCESS EXCLUSIVE. */
export function alterColumnTypeFacts(context: FactsContext, table: Table, command: SetType, only: boolean): void {
  const { draft } = context;
  lockTree(context, table, 'ACCESS EXCLUSIVE', only);
  const what = `${relationKey(table.name)}.${command.column}`;
  draft.breaks.push({
    kind: 'type-changed',
    what,
    sentence: `Prepared statements that return ${what} fail with 0A000 until they are prepared again.`,
  });
  const column = table.columns.find((one) => one.name === command.column);
  if (column === undefined) {
    draft.unknown.add(`The type that ${what} has now is not known, so whether its rows are rewritten is not either.`);
    return;
  }
  refuseUnderDependents(context, table, command.column);
  const cost = typeChangeCost(context, column.type, command.type, command.using, command.column);
  if (cost.kind === 'unknown') draft.unknown.add(`${cost.reason}.`);
  const isRewrite = cost.kind === 'rewrite';
  if (isRewrite) rewriteTree(context, table, command.column);
  else if (cost.kind === 'free') keepRows(context, table, command, cost.sameIndexOrder);
  lockForeignKeyPeers(context, table, command.column, isRewrite);
}

function rewriteTree(context: FactsContext, table: Table, column: string): void {
  for (const one of withDescendants(context, table))
    if (hasStorage(one)) context.draft.rewrites.add(relationKey(one.name));
  context.draft.because.add(
    `The stored values of ${column} do not fit the new type, so every row and index is written anew.`,
  );
}

function keepRows(context: FactsContext, table: Table, command: SetType, sameIndexOrder: boolean): void {
  const { draft } = context;
  const column = table.columns.find((one) => one.name === command.column);
  const collationChanges = command.collation !== null && command.collation !== (column?.collation ?? 'default');
  for (const one of withDescendants(context, table)) {
    const indexes = one.indexes.filter((index) => usesColumn(index, command.column));
    if (!sameIndexOrder || collationChanges) {
      for (const index of indexes) draft.indexBuilds.add(indexKey(one, index.name));
      if (indexes.length > 0 && hasStorage(one)) draft.scans.add(relationKey(one.name));
    }
    const checked = one.constraints.some(
      (constraint) =>
        constraint.kind === 'check' && constraint.valid && constraint.expression.columns.includes(command.column),
    );
    if (checked && hasStorage(one)) {
      draft.scans.add(relationKey(one.name));
      draft.because.add(`A CHECK names ${command.column}, so its rows are read again although none is rewritten.`);
    }
  }
  draft.because.add(
    `The stored values of ${command.column} are good for the new type as they are (measured on 13 to 18).`,
  );
}

function usesColumn(index: Table['indexes'][number], column: string): boolean {
  return (
    index.keys.some((key) => key.column === column || key.expression?.columns.includes(column) === true) ||
    index.predicate?.columns.includes(column) === true
  );
}

/** A foreign key is built anew with the type: its other table is locked, and both are read when values are rewritten. */
function lockForeignKeyPeers(context: FactsContext, table: Table, column: string, isRewrite: boolean): void {
  const { draft } = context;
  const key = relationKey(table.name);
  const reads = (child: Table, parent: string): void => {
    if (!isRewrite) return;
    draft.scans.add(relationKey(child.name));
    const target = tableOf(context.catalog, parent);
    if (target === null || hasStorage(target)) draft.scans.add(parent);
  };
  for (const constraint of table.constraints) {
    if (constraint.kind !== 'foreign-key' || !constraint.columns.includes(column)) continue;
    addLock(draft, constraint.references, 'ACCESS EXCLUSIVE');
    reads(table, constraint.references);
  }
  for (const peer of referencingTables(context.catalog, key)) {
    if (!peer.constraint.referencedColumns.includes(column)) continue;
    addLock(draft, relationKey(peer.table.name), 'ACCESS EXCLUSIVE');
    reads(peer.table, key);
  }
}

function refuseUnderDependents(context: FactsContext, table: Table, column: string): void {
  const { draft, version } = context;
  const views = viewsOver(context, relationKey(table.name), column);
  if (views.length > 0) addFailure(draft, '0A000', `the view ${views[0]} reads ${column}`);
  const trigger = table.triggers.find((one) => one.columns.includes(column));
  if (trigger !== undefined) addFailure(draft, '0A000', `the trigger ${trigger.name} names ${column}`);
  const generated = table.columns.find(
    (one) => one.generated !== null && one.default?.columns.includes(column) === true,
  );
  if (generated !== undefined) {
    addFailure(
      draft,
      version.major >= 15 ? '0A000' : '42601',
      `the generated column ${generated.name} is computed from ${column}`,
    );
  }
}
