import type { AlterCommand } from '../../model/alter-command.ts';
import type { Table } from '../../model/catalog.ts';
import { childrenOf, ownedSequences, tableOf } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { baseTypeOf } from './base-type.ts';
import { type FactsContext, hasChildren, lockTree } from './facts-context.ts';
import { addFailure, addLock, addLocks } from './facts-draft.ts';
import { isInheritedColumn } from './inheritance.ts';
import { refuseDefault } from './refuse-default.ts';

type ColumnCommand = AlterCommand & { readonly column: string };

/** A command tells by its text alone whether a missing property is an error. */
function saysIfExists(command: AlterCommand): boolean {
  return /\bIF\s+EXISTS\b/i.test(command.sql);
}

/** SET and DROP DEFAULT; an identity or generated column has no default to change. */
export function defaultFacts(context: FactsContext, table: Table, command: ColumnCommand, only: boolean): void {
  const name = command.column;
  lockTree(context, table, 'ACCESS EXCLUSIVE', only);
  const column = table.columns.find((one) => one.name === name);
  const what = `${relationKey(table.name)}.${name}`;
  if (column?.identity != null) addFailure(context.draft, '42601', `${what} is an identity column`);
  if (column?.generated != null) addFailure(context.draft, '42601', `${what} is a generated column`);
  if (command.kind === 'set-default' && column !== undefined) {
    refuseDefault(context, what, column.type, command.default);
  }
}

/** DROP NOT NULL; keys and identity columns need it, and a partition cannot allow what its parent forbids. */
export function dropNotNullFacts(context: FactsContext, table: Table, name: string, only: boolean): void {
  const { draft } = context;
  const what = `${relationKey(table.name)}.${name}`;
  const column = table.columns.find((one) => one.name === name);
  // Since 18 the constraint is looked for before what is below is.
  const isOpen = context.version.major >= 18 && column?.notNull === false;
  lockTree(context, table, 'ACCESS EXCLUSIVE', only || isOpen);
  if (context.version.major >= 18 && column?.notNull === true) {
    // Tables directly below keep the constraint, as one of their own.
    for (const child of childrenOf(context.catalog, relationKey(table.name))) {
      addLock(draft, relationKey(child.name), 'ACCESS EXCLUSIVE');
    }
  }
  if (column?.identity != null) addFailure(draft, '42601', `${what} is an identity column`);
  const isSplit = only && table.partitionBy !== null && hasChildren(context, table);
  if (isSplit && context.version.major < 18) addFailure(draft, '42P16', `${what} must change in the partitions, too`);
  if (column?.notNull !== true) return;
  const inKey = table.constraints.some((one) => one.kind === 'primary-key' && one.columns.includes(name));
  if (inKey) addFailure(draft, '42P16', `${what} is part of the primary key`);
  // Since 18 what merely inherits keeps the constraint of its parent, too.
  const inherited = context.version.major >= 18 ? table.inherits : [];
  const parents = table.partitionOf === null ? inherited : [table.partitionOf.parent];
  const isKept = parents.some((key) =>
    tableOf(context.catalog, key)?.columns.some((one) => one.name === name && one.notNull),
  );
  if (isKept) {
    addFailure(draft, '42P16', `${what} is NOT NULL in the parent`);
  }
}

/** DROP EXPRESSION: the values computed so far stay; a virtual column has none (18). */
export function dropExpressionFacts(context: FactsContext, table: Table, command: ColumnCommand, only: boolean): void {
  const { draft } = context;
  lockTree(context, table, 'ACCESS EXCLUSIVE', only);
  const what = `${relationKey(table.name)}.${command.column}`;
  // One step down the server forgets that it is to go on.
  const isDeep = childrenOf(context.catalog, relationKey(table.name)).some((child) => hasChildren(context, child));
  if (isDeep || (only && hasChildren(context, table))) {
    addFailure(draft, '0A000', `the tables below ${relationKey(table.name)} need DROP EXPRESSION too`);
  }
  if (isInheritedColumn(context, table, command.column)) addFailure(draft, '42P16', `${what} comes from the parent`);
  const column = table.columns.find((one) => one.name === command.column);
  if (column === undefined) return;
  if (column.generated === 'virtual') addFailure(draft, '0A000', `${what} is virtual: it has no values to keep`);
  if (column.generated === null && !saysIfExists(command)) addFailure(draft, '55000', `${what} is not generated`);
}

/** ADD GENERATED, SET GENERATED and RESTART, DROP IDENTITY: the sequence behind the column changes along. */
export function identityFacts(context: FactsContext, table: Table, command: ColumnCommand, only: boolean): void {
  const { draft } = context;
  const what = `${relationKey(table.name)}.${command.column}`;
  const column = table.columns.find((one) => one.name === command.column);
  if (column === undefined) return;
  const isAbout = command.kind === 'add-identity' || column.identity !== null;
  if (isAbout && table.partitionBy !== null && context.version.major >= 17)
    lockTree(context, table, 'ACCESS EXCLUSIVE');
  if (only && table.partitionBy !== null && context.version.major >= 17) {
    addFailure(draft, '42P16', `${what} is a column of the partitions, too`);
  }
  if (table.partitionOf !== null && context.version.major >= 17) {
    addFailure(draft, '42P16', `${what} is a column of a partition, whose identity comes from the parent`);
  }
  if (command.kind === 'add-identity') {
    const base = baseTypeOf(context, column.type);
    const isWhole = ['int2', 'int4', 'int8'].includes(base.name);
    if (!isWhole) addFailure(draft, '22023', `${what} is no whole number`);
    if (!column.notNull) addFailure(draft, '55000', `${what} must be NOT NULL before it can be an identity column`);
    if (column.identity !== null) addFailure(draft, '55000', `${what} is an identity column already`);
    if (column.default !== null) addFailure(draft, '55000', `${what} has a default`);
    return;
  }
  if (column.identity === null) {
    if (!saysIfExists(command)) addFailure(draft, '55000', `${what} is not an identity column`);
    return;
  }
  const sequences = ownedSequences(context.catalog, relationKey(table.name), command.column);
  addLocks(draft, sequences, command.kind === 'drop-identity' ? 'ACCESS EXCLUSIVE' : 'SHARE ROW EXCLUSIVE');
}
