import type { AlterCommandOf } from '../../model/alter-command.ts';
import type { ForeignKeyConstraint, Table, TableConstraint } from '../../model/catalog.ts';
import { childrenOf, referencingTables, tableOf } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { withPartitions } from './add-foreign-key.ts';
import { type FactsContext, hasStorage, isKnown, lockTree, scanTree } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { isInheritedConstraint } from './inheritance.ts';
import { lockFormerReference, lockOtherSide } from './references.ts';

type DropConstraint = AlterCommandOf<'drop-constraint'>;
type AlterConstraint = AlterCommandOf<'alter-constraint'>;

/** DROP CONSTRAINT: ACCESS EXCLUSIVE, for a foreign key on both of its tables. */
export function dropConstraintFacts(context: FactsContext, table: Table, command: DropConstraint, only: boolean): void {
  const { draft } = context;
  const constraint = table.constraints.find((one) => one.name === command.name);
  const isInheritable = constraint?.kind === 'check' || constraint?.kind === 'not-null';
  // Partitions are locked even with ONLY, for a look at whether they are in use.
  lockTree(context, table, 'ACCESS EXCLUSIVE', table.partitionBy === null && (only || !isInheritable));
  // Tables directly below keep the constraint, as one of their own.
  const children = isInheritable ? childrenOf(context.catalog, relationKey(table.name)) : [];
  for (const child of children) addLock(draft, relationKey(child.name), 'ACCESS EXCLUSIVE');
  draft.because.add('DROP CONSTRAINT changes the catalog only.');
  if (constraint === undefined) return missingConstraint(context, table, command.name, command.ifExists);
  if (isInheritedConstraint(context, table, constraint)) {
    addFailure(draft, '42P16', `${command.name} of ${relationKey(table.name)} comes from the parent`);
  }
  if (only && constraint.kind === 'check' && children.length > 0 && isPartOfAll(context, table)) {
    addFailure(draft, '42P16', `the partitions of ${relationKey(table.name)} have ${command.name}, too`);
  }
  if (constraint.kind === 'not-null') refuseOpen(context, table, constraint.column);
  if (constraint.kind === 'foreign-key') {
    addLock(draft, constraint.references, 'ACCESS EXCLUSIVE');
    lockFormerReference(context, constraint.references);
    draft.because.add('Dropping a foreign key locks the referenced table as well (measured on 13 to 18).');
  }
  if (constraint.kind === 'primary-key' || constraint.kind === 'unique') {
    dropReferencingKeys(context, table, constraint.columns, command);
  }
}

/** A NOT NULL that something else needs: the primary key, an identity, the parent. */
function refuseOpen(context: FactsContext, table: Table, name: string): void {
  const what = `${relationKey(table.name)}.${name}`;
  const inKey = table.constraints.some((one) => one.kind === 'primary-key' && one.columns.includes(name));
  if (inKey) addFailure(context.draft, '42P16', `${what} is part of the primary key`);
  const column = table.columns.find((one) => one.name === name);
  if (column?.identity != null) addFailure(context.draft, '42601', `${what} is an identity column`);
}

/** Before 18 a partitioned table could not let go of a CHECK alone. */
function isPartOfAll(context: FactsContext, table: Table): boolean {
  return table.partitionBy !== null && context.version.major < 18;
}

function missingConstraint(context: FactsContext, table: Table, name: string, ifExists: boolean): void {
  const { draft } = context;
  if (!isKnown(table)) {
    draft.unknown.add(`What ${name} is, is not known: a foreign key has another table to it.`);
  } else if (!ifExists) addFailure(draft, '42704', `${relationKey(table.name)} has no constraint ${name}`);
}

function dropReferencingKeys(
  context: FactsContext,
  table: Table,
  columns: readonly string[],
  command: DropConstraint,
): void {
  const key = relationKey(table.name);
  for (const peer of referencingTables(context.catalog, key)) {
    if ([...peer.constraint.referencedColumns].sort().join() !== [...columns].sort().join()) continue;
    const peerKey = relationKey(peer.table.name);
    if (command.cascade) addLock(context.draft, peerKey, 'ACCESS EXCLUSIVE');
    else addFailure(context.draft, '2BP01', `${peerKey} has a foreign key that needs ${command.name} of ${key}`);
  }
}

/** VALIDATE CONSTRAINT: reads the table while everybody works on. */
export function validateConstraintFacts(context: FactsContext, table: Table, name: string): void {
  const { draft } = context;
  const constraint = table.constraints.find((one) => one.name === name);
  const key = relationKey(table.name);
  addLock(draft, key, 'SHARE UPDATE EXCLUSIVE');
  if (constraint === undefined) {
    draft.scans.add(key);
    return missingConstraint(context, table, name, false);
  }
  if ('valid' in constraint && constraint.valid) return;
  refuseValidation(context, table, constraint);
  const isForeignKey = constraint.kind === 'foreign-key';
  if (!isForeignKey || table.partitionBy !== null) lockTree(context, table, 'SHARE UPDATE EXCLUSIVE');
  if (isForeignKey) {
    scanWithPartitions(context, table);
    addLock(draft, constraint.references, 'ROW SHARE');
    const target = tableOf(context.catalog, constraint.references);
    if (target !== null) scanWithPartitions(context, target);
  } else {
    scanTree(context, table, constraint.kind === 'check' && constraint.noInherit);
  }
  draft.because.add(
    'VALIDATE takes SHARE UPDATE EXCLUSIVE: reads and writes go on while the rows are read (measured on 13 to 18).',
  );
}

function refuseValidation(context: FactsContext, table: Table, constraint: TableConstraint): void {
  if ('enforced' in constraint && constraint.enforced === false) {
    addFailure(context.draft, '55000', `${constraint.name} is NOT ENFORCED`);
  }
  const isCheckable = 'valid' in constraint;
  if (isCheckable) return;
  addFailure(context.draft, '42809', `${constraint.name} of ${relationKey(table.name)} cannot be validated`);
}

function scanWithPartitions(context: FactsContext, table: Table): void {
  for (const one of withPartitions(context, table)) {
    if (hasStorage(one)) context.draft.scans.add(relationKey(one.name));
  }
}

/** Until 17 ONLY was let pass, and meant nothing. */
const ONLY_REFUSED_SINCE = 18;

/** ALTER CONSTRAINT: catalog only; turning the enforcement of a foreign key off or on (18) reaches both tables. */
export function alterConstraintFacts(
  context: FactsContext,
  table: Table,
  command: AlterConstraint,
  { only, isNew }: { readonly only: boolean; readonly isNew: boolean },
): void {
  const { draft } = context;
  const key = relationKey(table.name);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  const isSplit = only && table.partitionBy !== null && childrenOf(context.catalog, key).length > 0;
  if (isSplit && context.version.major >= ONLY_REFUSED_SINCE) {
    addFailure(draft, '42P16', `${command.name} must be altered in the partitions of ${key}, too`);
  }
  const constraint = table.constraints.find((one) => one.name === command.name);
  if (constraint === undefined) {
    if (isKnown(table)) addFailure(draft, '42704', `there is no constraint ${command.name}`);
    return;
  }
  if (command.noInherit !== undefined) return inheritabilityFacts(context, table, constraint, command.noInherit, only);
  if (constraint.kind !== 'foreign-key') {
    const isForForeignKeys = command.enforced !== null || command.deferrable !== null;
    if (isForForeignKeys) addFailure(draft, '42809', `${command.name} is not a foreign key`);
    return;
  }
  if (!isNew && isInheritedConstraint(context, table, constraint)) {
    addFailure(draft, '55000', `${command.name} of ${key} comes from the parent`);
  }
  if (!isChangeOf(context, constraint, command)) return;
  for (const one of withPartitions(context, table)) addLock(draft, relationKey(one.name), 'ACCESS EXCLUSIVE');
  if (command.enforced === null) return;
  // Enforcement is turned on by new triggers and off by dropping the old ones.
  lockOtherSide(context, constraint.references, command.enforced ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE');
  if (!command.enforced) return;
  scanWithPartitions(context, table);
  const target = tableOf(context.catalog, constraint.references);
  if (target !== null) scanWithPartitions(context, target);
}

/** Since 18 what is so already is left alone. */
function isChangeOf(context: FactsContext, constraint: ForeignKeyConstraint, command: AlterConstraint): boolean {
  if (command.enforced !== null) return command.enforced !== (constraint.enforced ?? true);
  const isSame =
    command.deferrable === constraint.deferrable &&
    (command.initiallyDeferred ?? false) === (constraint.initiallyDeferred ?? false);
  return !isSame || context.version.major < 18;
}

/** INHERIT and NO INHERIT of a NOT NULL constraint (18); the tables directly below keep it, as one of their own. */
function inheritabilityFacts(
  context: FactsContext,
  table: Table,
  constraint: TableConstraint,
  noInherit: boolean,
  only: boolean,
): void {
  const { draft } = context;
  if (constraint.kind !== 'not-null') {
    return addFailure(draft, '42809', `${constraint.name} is not a NOT NULL constraint`);
  }
  if (!noInherit) return;
  if (isInheritedConstraint(context, table, constraint)) {
    addFailure(draft, '55000', `${constraint.name} comes from the parent`);
  }
  if (only && table.partitionBy !== null) {
    addFailure(draft, '42P16', `${relationKey(table.name)} is partitioned: all partitions need the constraint`);
  }
  for (const child of childrenOf(context.catalog, relationKey(table.name))) {
    addLock(draft, relationKey(child.name), 'ACCESS EXCLUSIVE');
  }
}
