import type { AlterCommand } from '../../model/alter-command.ts';
import type { Table } from '../../model/catalog.ts';
import { findType, ownedSequences } from '../../model/catalog-lookup.ts';
import type { LockMode } from '../../model/lock-mode.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { inPreparation } from './alter-pass.ts';
import { defaultFacts, dropExpressionFacts, dropNotNullFacts, identityFacts } from './column-property.ts';
import { type FactsContext, isKnown, keyOf, lockTree, lookUp } from './facts-context.ts';
import { addFailure, addLock, addLocks } from './facts-draft.ts';
import { refuseInherit } from './refuse-parent.ts';
import { storageFacts } from './storage-facts.ts';

/** Storage parameters that ask for ACCESS EXCLUSIVE; all others do with SHARE UPDATE EXCLUSIVE (manual of ALTER TABLE). */
const STRONG_OPTIONS = new Set(['user_catalog_table', 'security_barrier', 'security_invoker', 'check_option']);

/** Commands of the grammar without a name of their own here, which change the catalog only. */
const HARMLESS_OTHERS = new Set(['DropOids']);

/** The lock that a command asks for on the table itself when it changes the catalog only. */
export function weakestMode(command: AlterCommand): LockMode {
  switch (command.kind) {
    case 'set-options':
    case 'reset-options':
      return command.options.some((option) => STRONG_OPTIONS.has(option))
        ? 'ACCESS EXCLUSIVE'
        : 'SHARE UPDATE EXCLUSIVE';
    case 'set-statistics':
    case 'set-column-options':
    case 'cluster-on':
    case 'set-without-cluster':
    case 'validate-constraint':
      return 'SHARE UPDATE EXCLUSIVE';
    default:
      return 'ACCESS EXCLUSIVE';
  }
}

/** Commands that change the catalog and nothing else; they differ only in the lock and in whom they reach. */
export function plainCommandFacts(context: FactsContext, table: Table, command: AlterCommand, only: boolean): void {
  const { draft } = context;
  const key = relationKey(table.name);
  addLock(draft, key, triggerOr(command, weakestMode(command)));
  switch (command.kind) {
    case 'set-default':
    case 'drop-default':
      defaultFacts(context, table, command, only);
      break;
    case 'drop-not-null':
      dropNotNullFacts(context, table, command.column, only);
      break;
    case 'drop-expression':
      dropExpressionFacts(context, table, command, only);
      break;
    case 'set-storage':
    case 'set-statistics':
      lockTree(context, table, weakestMode(command), only);
      if (command.kind === 'set-storage') storageFacts(context, table, command);
      else refuseVirtual(context, table, command.column);
      break;
    case 'set-compression':
      storageFacts(context, table, command);
      break;
    case 'enable-trigger':
    case 'disable-trigger':
      triggerFacts(context, table, command.trigger, only);
      break;
    case 'change-owner':
      ownerFacts(context, table, command.target ?? null);
      break;
    case 'add-identity':
    case 'set-identity':
    case 'drop-identity':
      identityFacts(context, table, command, only);
      break;
    default:
      otherCommandFacts(context, table, command);
  }
  draft.because.add('Only the catalog changes; no row is read or written.');
}

function refuseVirtual(context: FactsContext, table: Table, name: string): void {
  const isVirtual = table.columns.some((one) => one.name === name && one.generated === 'virtual');
  if (isVirtual) addFailure(context.draft, '0A000', `${relationKey(table.name)}.${name} is virtual: it has no values`);
}

function triggerOr(command: AlterCommand, mode: LockMode): LockMode {
  const isTrigger = command.kind === 'enable-trigger' || command.kind === 'disable-trigger';
  return isTrigger ? 'SHARE ROW EXCLUSIVE' : mode;
}

function otherCommandFacts(context: FactsContext, table: Table, command: AlterCommand): void {
  const { draft } = context;
  switch (command.kind) {
    case 'inherit':
    case 'no-inherit':
      return inheritFacts(context, table, command.kind, command.parent);
    case 'set-options':
    case 'reset-options':
      return command.kind === 'set-options' ? optionFacts(context, table, command.options) : undefined;
    case 'replica-identity':
      return replicaIdentityFacts(context, table, command.index);
    case 'enable-rule':
    case 'disable-rule':
      return ruleFacts(context, table, command.target ?? null);
    case 'set-without-cluster':
      return refuseClusterMark(context, table);
    case 'cluster-on':
      return clusterOnFacts(context, table, command.target ?? null);
    case 'set-tablespace':
    case 'set-access-method':
      return moveFacts(context, table, command);
    case 'other':
      if (command.type !== undefined) return typedTableFacts(context, command.type);
      if (!HARMLESS_OTHERS.has(command.name)) draft.unknown.add(`The effect of ${command.name} is not known.`);
      return;
    default:
      return;
  }
}

/** A trigger of rows has a copy on every partition, which is turned on and off along with it. */
function triggerFacts(context: FactsContext, table: Table, trigger: string, only: boolean): void {
  const isNamed = trigger !== 'ALL' && trigger !== 'USER' && !trigger.startsWith('RI_ConstraintTrigger');
  if (isNamed && isKnown(table) && !table.triggers.some((one) => one.name === trigger)) {
    addFailure(context.draft, '42704', `${relationKey(table.name)} has no trigger ${trigger}`);
  }
  if (table.partitionBy === null) return;
  const meant = table.triggers.filter((one) => trigger === 'ALL' || trigger === 'USER' || one.name === trigger);
  if (meant.some((one) => one.forEachRow === true)) lockTree(context, table, 'SHARE ROW EXCLUSIVE', only);
}

/** Partitioned tables remember an access method for new partitions since 17. */
const PARTITIONED_METHOD_SINCE = 17;

/** SET TABLESPACE and SET ACCESS METHOD copy the table, unless it is there already. */
function moveFacts(
  context: FactsContext,
  table: Table,
  { kind, target = null }: { readonly kind: string; readonly target?: string | null },
): void {
  const { draft } = context;
  const isMethod = kind === 'set-access-method';
  if (table.partitionBy !== null) {
    const isRefused = isMethod && context.version.major < PARTITIONED_METHOD_SINCE;
    const what = `${relationKey(table.name)} is partitioned and has no access method`;
    if (isRefused) inPreparation(draft, () => addFailure(draft, '42809', what));
    return;
  }
  const now = isMethod ? (table.accessMethod ?? 'heap') : (table.tablespace ?? 'pg_default');
  if (now === (target ?? 'heap')) {
    draft.because.add(`The rows are kept by ${now} already, so they stay as they are.`);
    return;
  }
  draft.rewrites.add(relationKey(table.name));
  draft.because.add(`Every row is copied to ${target ?? 'heap'} while nobody may touch the table.`);
}

/** OF: the composite type is looked at. */
function typedTableFacts(context: FactsContext, reference: RelationReference): void {
  const type = findType(context.catalog, reference);
  if (type !== null) {
    addLock(context.draft, relationKey(type.name), 'ACCESS SHARE');
    context.draft.unknown.add(
      `Whether the columns are those of ${reference.name} is not known; if not, it is refused.`,
    );
  } else if (context.catalogIsComplete) addFailure(context.draft, '42704', `there is no type ${reference.name}`);
}

/** OWNER TO CURRENT_USER may well change nothing; a role that is named is taken for another one. */
function ownerFacts(context: FactsContext, table: Table, target: string | null): void {
  const sequences = ownedSequences(context.catalog, relationKey(table.name), null);
  addLocks(context.draft, sequences, 'ACCESS EXCLUSIVE');
  if (sequences.length === 0) return;
  const reason = 'Its sequences go along, unless the owner stays the same.';
  if (target === null || target.startsWith('ROLESPEC_')) context.draft.unknown.add(reason);
  else context.draft.because.add(reason);
}

/** INHERIT: ACCESS EXCLUSIVE on the child, hardly anything on the parent. */
function inheritFacts(
  context: FactsContext,
  table: Table,
  kind: 'inherit' | 'no-inherit',
  parent: RelationReference,
): void {
  inPreparation(context.draft, () => {
    if (table.partitionOf !== null) {
      addFailure(
        context.draft,
        '42809',
        `${relationKey(table.name)} is a partition and inherits from its parent alone`,
      );
    }
    if (kind === 'inherit' && table.partitionBy !== null) {
      addFailure(context.draft, '42809', `${relationKey(table.name)} is partitioned`);
    }
  });
  const relation = lookUp(context, parent);
  addLock(context.draft, keyOf(context, parent), kind === 'inherit' ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS SHARE');
  if (kind === 'inherit' && relation !== null) refuseInherit(context, table, relation);
  if (kind === 'no-inherit' && !table.inherits.includes(keyOf(context, parent)) && isKnown(table)) {
    addFailure(context.draft, '42P01', `${relationKey(table.name)} does not inherit from ${keyOf(context, parent)}`);
  }
}

function ruleFacts(context: FactsContext, table: Table, name: string | null): void {
  if (name === null || table.rules === undefined || !isKnown(table) || table.rules.includes(name)) return;
  addFailure(context.draft, '42704', `${relationKey(table.name)} has no rule ${name}`);
}

function refuseClusterMark(context: FactsContext, table: Table): void {
  if (table.partitionBy === null) return;
  const sqlstate = context.version.major >= 17 ? '0A000' : '42809';
  addFailure(context.draft, sqlstate, `${relationKey(table.name)} is partitioned and cannot be marked for CLUSTER`);
}

/** CLUSTER ON only remembers an index; it must be one that CLUSTER can go by. */
function clusterOnFacts(context: FactsContext, table: Table, name: string | null): void {
  if (name === null || !isKnown(table)) return;
  const { draft } = context;
  const key = relationKey(table.name);
  refuseClusterMark(context, table);
  const index = table.indexes.find((one) => one.name === name);
  if (index === undefined) return addFailure(draft, '42704', `${key} has no index ${name}`);
  if (index.predicate !== null || !index.valid || (index.method !== 'btree' && index.method !== 'gist')) {
    addFailure(draft, '0A000', `${key} cannot be put into the order of ${name}`);
  }
}

/** Before PostgreSQL 16 a partitioned table did not know the names of storage parameters at all. */
function optionFacts(context: FactsContext, table: Table, options: readonly string[]): void {
  if (table.partitionBy === null || options.length === 0) return;
  const sqlstate = context.version.major >= 16 ? '42809' : '22023';
  addFailure(context.draft, sqlstate, `${relationKey(table.name)} is partitioned and has no storage of its own`);
}

/** The index that tells rows apart must do so for every row, at once. */
function replicaIdentityFacts(context: FactsContext, table: Table, name: string | null): void {
  if (name === null) return;
  const key = relationKey(table.name);
  const index = table.indexes.find((one) => one.name === name);
  if (index === undefined) {
    if (isKnown(table)) addFailure(context.draft, '42704', `${key} has no index ${name}`);
    return;
  }
  const columns = index.keys.map((one) => table.columns.find((column) => column.name === one.column));
  const isFit = index.unique && index.predicate === null && columns.every((column) => column?.notNull === true);
  const isDeferrable = table.constraints.some(
    (one) => one.name === index.constraint && 'deferrable' in one && one.deferrable,
  );
  if (isDeferrable) addFailure(context.draft, '0A000', `the index ${name} of ${key} may be checked late`);
  if (!isFit) {
    addFailure(context.draft, '42809', `the index ${name} of ${key} is not unique over columns that are NOT NULL`);
  }
}
