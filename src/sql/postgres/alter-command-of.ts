import type { AlterTableCmd, Node } from 'libpg-query';
import type { AlterCommand } from '../../model/alter-command.ts';
import { collationSql, columnOf } from './column-of.ts';
import { tableConstraintOf } from './constraint-of.ts';
import { dataTypeOf } from './data-type-of.ts';
import { expressionOf } from './expression-of.ts';
import { partitionBoundSql } from './partition-bound.ts';
import { namedBy, relationReference } from './relation-reference.ts';
import type { StatementSource } from './statement-source.ts';
import { asNode, type NodeOf, nodesOf, stringOf, strings } from './tree-node.ts';
import { writtenType } from './written-type.ts';

type Detail = AlterCommand extends infer One ? (One extends unknown ? Omit<One, 'sql'> : never) : never;

/** All kinds of commands that have the same shape as `Kind`. */
type KindsLike<Kind, One = Detail> = One extends { readonly kind: infer Kinds }
  ? Kind extends Kinds
    ? Kinds
    : never
  : never;
type ColumnKind = KindsLike<'set-not-null'>;
type TableKind = KindsLike<'set-logged'>;

const COLUMN_COMMANDS: Readonly<Record<string, ColumnKind>> = {
  AT_DropNotNull: 'drop-not-null',
  AT_SetNotNull: 'set-not-null',
  AT_SetStatistics: 'set-statistics',
  AT_SetStorage: 'set-storage',
  AT_SetCompression: 'set-compression',
  AT_SetOptions: 'set-column-options',
  AT_ResetOptions: 'set-column-options',
  AT_SetIdentity: 'set-identity',
  AT_DropIdentity: 'drop-identity',
  AT_DropExpression: 'drop-expression',
};

const TABLE_COMMANDS: Readonly<Record<string, TableKind>> = {
  AT_EnableRowSecurity: 'enable-row-security',
  AT_DisableRowSecurity: 'disable-row-security',
  AT_ForceRowSecurity: 'force-row-security',
  AT_NoForceRowSecurity: 'no-force-row-security',
  AT_SetLogged: 'set-logged',
  AT_SetUnLogged: 'set-unlogged',
  AT_DropCluster: 'set-without-cluster',
  AT_ClusterOn: 'cluster-on',
  AT_ChangeOwner: 'change-owner',
  AT_EnableRule: 'enable-rule',
  AT_EnableAlwaysRule: 'enable-rule',
  AT_EnableReplicaRule: 'enable-rule',
  AT_DisableRule: 'disable-rule',
  AT_SetAccessMethod: 'set-access-method',
  AT_SetTableSpace: 'set-tablespace',
};

const TRIGGER_COMMANDS: Readonly<Record<string, 'enable-trigger' | 'disable-trigger'>> = {
  AT_EnableTrig: 'enable-trigger',
  AT_EnableAlwaysTrig: 'enable-trigger',
  AT_EnableReplicaTrig: 'enable-trigger',
  AT_EnableTrigAll: 'enable-trigger',
  AT_EnableTrigUser: 'enable-trigger',
  AT_DisableTrig: 'disable-trigger',
  AT_DisableTrigAll: 'disable-trigger',
  AT_DisableTrigUser: 'disable-trigger',
};

/** Reads one command of ALTER TABLE, its text aside. */
export function alterCommandOf(command: AlterTableCmd, source: StatementSource): Detail {
  const subtype = command.subtype ?? '';
  // ALTER INDEX ... ALTER COLUMN names its column by number.
  const column = command.name ?? String(command.num ?? '');
  const columnKind = COLUMN_COMMANDS[subtype];
  if (columnKind !== undefined) return { kind: columnKind, column };
  const tableKind = TABLE_COMMANDS[subtype];
  if (tableKind !== undefined)
    return { kind: tableKind, ...(NAMING.has(tableKind) ? { target: nameIn(command) } : {}) };
  const triggerKind = TRIGGER_COMMANDS[subtype];
  if (triggerKind !== undefined) {
    const trigger = subtype.endsWith('All') ? 'ALL' : subtype.endsWith('User') ? 'USER' : (command.name ?? '');
    return { kind: triggerKind, trigger };
  }
  return (
    columnChange(command, source) ??
    constraintChange(command, source) ??
    relationChange(command, source) ??
    otherChange(command)
  );
}

function otherChange(command: AlterTableCmd): Detail {
  const name = (command.subtype ?? '').replace(/^AT_/, '');
  const type = asNode(command.def, 'TypeName');
  return { kind: 'other', name, ...(type === null ? {} : { type: namedBy(strings(type.names)) }) };
}

/** Commands on the table that name something else. */
const NAMING: ReadonlySet<TableKind> = new Set([
  'cluster-on',
  'change-owner',
  'set-access-method',
  'set-tablespace',
  'enable-rule',
  'disable-rule',
]);

/** OWNER TO names a role, or CURRENT_USER and its like. */
function nameIn({ name, newowner }: AlterTableCmd): string | null {
  return name ?? newowner?.rolename ?? newowner?.roletype ?? null;
}

function columnChange(command: AlterTableCmd, source: StatementSource): Detail | null {
  const column = command.name ?? '';
  switch (command.subtype) {
    case 'AT_AddColumn':
    case 'AT_AddColumnToView': {
      const added = asNode(command.def, 'ColumnDef');
      if (added === null) return null;
      return { kind: 'add-column', column: columnOf(added, source), ifNotExists: command.missing_ok ?? false };
    }
    case 'AT_DropColumn':
      return { kind: 'drop-column', column, ...droppingOf(command) };
    case 'AT_AlterColumnType':
      return typeChange(command, source);
    case 'AT_ColumnDefault':
      if (command.def === undefined) return { kind: 'drop-default', column };
      return { kind: 'set-default', column, default: expressionOf(command.def, source) };
    case 'AT_SetExpression':
      if (command.def === undefined) return null;
      return { kind: 'set-expression', column, expression: expressionOf(command.def, source) };
    case 'AT_AddIdentity': {
      const constraint = asNode(command.def, 'Constraint');
      const identity = constraint?.generated_when === 'a' ? 'always' : 'by-default';
      const options = nodesOf(constraint?.options, 'DefElem').map((one) => one.defname);
      return { kind: 'add-identity', column, identity, ...(options.includes('start') ? { startsAt: true } : {}) };
    }
    default:
      return null;
  }
}

function typeChange(command: AlterTableCmd, source: StatementSource): Detail | null {
  const target = asNode(command.def, 'ColumnDef');
  if (target?.typeName === undefined) return null;
  return {
    kind: 'set-type',
    column: command.name ?? '',
    type: dataTypeOf(target.typeName),
    typeSql: writtenType(target.typeName, source),
    using: target.raw_default === undefined ? null : expressionOf(target.raw_default, source),
    collation: collationSql(target),
  };
}

function constraintChange(command: AlterTableCmd, source: StatementSource): Detail | null {
  const name = command.name ?? '';
  switch (command.subtype) {
    case 'AT_AddConstraint': {
      const added = asNode(command.def, 'Constraint');
      const constraint = added === null ? null : tableConstraintOf(added, source);
      return constraint === null ? null : { kind: 'add-constraint', constraint };
    }
    case 'AT_DropConstraint':
      return { kind: 'drop-constraint', name, ...droppingOf(command) };
    case 'AT_ValidateConstraint':
      return { kind: 'validate-constraint', name };
    case 'AT_AlterConstraint': {
      const change = asNode(command.def, 'ATAlterConstraint');
      return {
        kind: 'alter-constraint',
        name: change?.conname ?? '',
        enforced: change?.alterEnforceability === true ? (change.is_enforced ?? false) : null,
        deferrable: change?.alterDeferrability === true ? (change.deferrable ?? false) : null,
        ...(change?.alterDeferrability === true && change.initdeferred === true ? { initiallyDeferred: true } : {}),
        ...(change?.alterInheritability === true ? { noInherit: change.noinherit ?? false } : {}),
      };
    }
    default:
      return null;
  }
}

function relationChange(command: AlterTableCmd, source: StatementSource): Detail | null {
  const partition = asNode(command.def, 'PartitionCmd');
  const partitionName = relationReference(partition?.name);
  switch (command.subtype) {
    case 'AT_SetRelOptions':
      return { kind: 'set-options', options: optionNames(command.def), values: optionValues(command.def) };
    case 'AT_ResetRelOptions':
      return { kind: 'reset-options', options: optionNames(command.def) };
    case 'AT_ReplicaIdentity':
      return replicaIdentity(command);
    case 'AT_AddInherit':
      return { kind: 'inherit', parent: relationReference(asNode(command.def, 'RangeVar') ?? undefined) };
    case 'AT_DropInherit':
      return { kind: 'no-inherit', parent: relationReference(asNode(command.def, 'RangeVar') ?? undefined) };
    case 'AT_AttachPartition':
      return {
        kind: 'attach-partition',
        partition: partitionName,
        bound: partitionBoundSql(partition?.bound, source),
      };
    case 'AT_DetachPartition':
      return {
        kind: 'detach-partition',
        partition: partitionName,
        concurrently: partition?.concurrent ?? false,
        finalize: false,
      };
    case 'AT_DetachPartitionFinalize':
      return { kind: 'detach-partition', partition: partitionName, concurrently: false, finalize: true };
    default:
      return null;
  }
}

function droppingOf(command: AlterTableCmd): { readonly cascade: boolean; readonly ifExists: boolean } {
  return { cascade: command.behavior === 'DROP_CASCADE', ifExists: command.missing_ok ?? false };
}

function replicaIdentity(command: AlterTableCmd): Detail | null {
  const statement = asNode(command.def, 'ReplicaIdentityStmt');
  switch (statement?.identity_type) {
    case 'f':
      return { kind: 'replica-identity', identity: 'full', index: null };
    case 'n':
      return { kind: 'replica-identity', identity: 'nothing', index: null };
    case 'i':
      return { kind: 'replica-identity', identity: 'index', index: statement.name ?? null };
    case 'd':
      return { kind: 'replica-identity', identity: 'default', index: null };
    default:
      return null;
  }
}

/** Storage parameters by name, those of the TOAST table with their `toast.` in front. */
function optionNames(list: Node | undefined): readonly string[] {
  return nodesOf(asNode(list, 'List')?.items, 'DefElem').map(optionName);
}

function optionName({ defnamespace, defname = '' }: NodeOf<'DefElem'>): string {
  return defnamespace === undefined ? defname : `${defnamespace}.${defname}`;
}

function optionValues(list: Node | undefined): Readonly<Record<string, string>> {
  const options = nodesOf(asNode(list, 'List')?.items, 'DefElem');
  return Object.fromEntries(options.map((option) => [optionName(option), optionText(option.arg) ?? 'true']));
}

/** A word without quotes is a type name to the grammar. */
function optionText(value: Node | undefined): string | null {
  const number = asNode(value, 'Integer');
  if (number !== null) return String(number.ival ?? 0);
  return stringOf(value) ?? asNode(value, 'Float')?.fval ?? strings(asNode(value, 'TypeName')?.names).at(-1) ?? null;
}
