import type { AlterTable } from '../../model/action.ts';
import type { AlterCommand } from '../../model/alter-command.ts';
import { inPasses } from '../../model/alter-pass.ts';
import type { Catalog, Table, View } from '../../model/catalog.ts';
import { findRelation, findTable } from '../../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { updateTable } from '../edit-catalog.ts';
import { addColumn } from './add-column.ts';
import { addConstraint } from './add-constraint.ts';
import { alterColumn } from './alter-column.ts';
import { alterConstraint, validateConstraint } from './alter-constraint.ts';
import { markClustered } from './cluster.ts';
import { linkParent } from './create-table.ts';
import { dropColumn } from './drop-column.ts';
import { dropConstraint } from './drop-constraint.ts';
import { attachIndex, joinPartition, leavePartition } from './partitions.ts';
import { moveIndex, moveTable, setAccessMethod } from './storage.ts';

/** ALTER TABLE: its commands in the order in which the server runs them, which is not always the one they stand in. */
export function alterTable(catalog: Catalog, action: AlterTable): Catalog {
  if (action.object === 'index') return alterIndex(catalog, action);
  const relation = findRelation(catalog, action.name);
  if (relation?.kind === 'materialized-view') return alterMaterializedView(catalog, relation, action);
  if (relation?.kind !== 'table') return catalog;
  const key = relationKey(relation.name);
  return inPasses(action.commands).reduce((changed, command) => alter(changed, key, command, action.only), catalog);
}

function alterMaterializedView(catalog: Catalog, view: View, action: AlterTable): Catalog {
  return action.commands.reduce(
    (changed, command) =>
      command.kind === 'cluster-on' || command.kind === 'set-without-cluster'
        ? alter(changed, relationKey(view.name), command, action.only)
        : changed,
    catalog,
  );
}

function alterIndex(catalog: Catalog, action: AlterTable): Catalog {
  return action.commands.reduce(
    (changed, command) =>
      command.kind === 'attach-partition'
        ? attachIndex(changed, action.name, command.partition)
        : command.kind === 'set-tablespace' && command.target != null
          ? moveIndex(changed, action.name, command.target)
          : changed,
    catalog,
  );
}

function alter(catalog: Catalog, key: RelationKey, command: AlterCommand, only: boolean): Catalog {
  switch (command.kind) {
    case 'add-column':
      return addColumn(catalog, key, command, only);
    case 'drop-column':
      return dropColumn(catalog, key, command.column, { cascade: command.cascade, only });
    case 'set-default':
    case 'drop-default':
    case 'set-not-null':
    case 'drop-not-null':
    case 'set-type':
    case 'add-identity':
    case 'set-identity':
    case 'drop-identity':
    case 'set-expression':
    case 'drop-expression':
      return alterColumn(catalog, key, command, only);
    case 'add-constraint':
      return addConstraint(catalog, key, command.constraint, { only, fresh: false });
    case 'drop-constraint':
      return dropConstraint(catalog, key, command.name, { cascade: command.cascade, only });
    case 'validate-constraint':
      return validateConstraint(catalog, key, command.name, only);
    case 'alter-constraint':
      return alterConstraint(catalog, key, command);
    case 'inherit':
    case 'no-inherit':
    case 'attach-partition':
    case 'detach-partition':
      return alterFamily(catalog, key, command);
    case 'cluster-on':
    case 'set-without-cluster':
      return command.kind === 'cluster-on' && command.target == null
        ? catalog
        : markClustered(catalog, key, command.target ?? null);
    case 'set-tablespace':
      return command.target == null ? catalog : moveTable(catalog, key, command.target);
    case 'set-access-method':
      return command.target === undefined ? catalog : setAccessMethod(catalog, key, command.target);
    default:
      return updateTable(catalog, key, (table) => ({ ...table, ...tableChange(table, command) }));
  }
}

type FamilyCommand = Extract<
  AlterCommand,
  { kind: 'inherit' | 'no-inherit' | 'attach-partition' | 'detach-partition' }
>;

function alterFamily(catalog: Catalog, key: RelationKey, command: FamilyCommand): Catalog {
  const other = findTable(catalog, 'parent' in command ? command.parent : command.partition);
  if (other === null) return catalog;
  const otherKey = relationKey(other.name);
  switch (command.kind) {
    case 'inherit':
      return linkParent(catalog, key, otherKey);
    case 'no-inherit':
      return updateTable(catalog, key, (table) => ({
        ...table,
        inherits: table.inherits.filter((parent) => parent !== otherKey),
      }));
    case 'attach-partition':
      return joinPartition(catalog, key, otherKey, command.bound);
    case 'detach-partition':
      return command.finalize ? catalog : leavePartition(catalog, key, otherKey, command.concurrently);
  }
}

function tableChange(table: Table, command: AlterCommand): Partial<Table> {
  switch (command.kind) {
    case 'enable-row-security':
      return { rowSecurity: table.rowSecurity === 'forced' ? 'forced' : 'on' };
    case 'disable-row-security':
      return { rowSecurity: 'off' };
    case 'force-row-security':
      // FORCE without ENABLE counts as both: it does nothing yet, but an ENABLE later would not say FORCE again.
      return { rowSecurity: 'forced' };
    case 'no-force-row-security':
      return { rowSecurity: table.rowSecurity === 'forced' ? 'on' : table.rowSecurity };
    case 'set-logged':
    case 'set-unlogged':
      // A partitioned table has no file: nothing happens before 18, and 18 refuses.
      if (table.partitionBy !== null) return {};
      return { persistence: command.kind === 'set-logged' ? 'permanent' : 'unlogged' };
    case 'replica-identity':
      return { replicaIdentity: command.identity };
    default:
      return {};
  }
}
