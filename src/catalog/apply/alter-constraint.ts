import type { AlterCommand } from '../../model/alter-command.ts';
import type { Catalog, ForeignKeyConstraint, TableConstraint } from '../../model/catalog.ts';
import { tableOf } from '../../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { directPartitions, treeOf, updateTable } from '../edit-catalog.ts';
import { isSameForeignKey } from './add-constraint.ts';

function changeConstraint(
  catalog: Catalog,
  key: RelationKey,
  name: string,
  change: (constraint: TableConstraint) => TableConstraint,
): Catalog {
  return updateTable(catalog, key, (table) => ({
    ...table,
    constraints: table.constraints.map((one) => (one.name === name ? change(one) : one)),
  }));
}

function validated(constraint: TableConstraint): TableConstraint {
  return 'valid' in constraint ? { ...constraint, valid: true } : constraint;
}

/** VALIDATE CONSTRAINT, on the children that inherited it too. */
export function validateConstraint(catalog: Catalog, key: RelationKey, name: string, only: boolean): Catalog {
  const constraint = tableOf(catalog, key)?.constraints.find((one) => one.name === name);
  if (constraint === undefined) return catalog;
  if (constraint.kind === 'foreign-key') return changeForeignKey(catalog, key, constraint, { valid: true });
  const isLocal = only || (constraint.kind === 'check' && constraint.noInherit);
  return treeOf(catalog, key, isLocal).reduce(
    (changed, target) => changeConstraint(changed, target, name, validated),
    catalog,
  );
}

/** ALTER CONSTRAINT: DEFERRABLE, and from 18 on ENFORCED; what is not enforced is not valid either. */
export function alterConstraint(
  catalog: Catalog,
  key: RelationKey,
  command: Extract<AlterCommand, { kind: 'alter-constraint' }>,
): Catalog {
  const constraint = tableOf(catalog, key)?.constraints.find((one) => one.name === command.name);
  if (constraint?.kind !== 'foreign-key') return catalog;
  return changeForeignKey(catalog, key, constraint, {
    ...(command.deferrable === null
      ? {}
      : { deferrable: command.deferrable, initiallyDeferred: command.initiallyDeferred === true }),
    ...(command.enforced === null ? {} : { valid: command.enforced, enforced: command.enforced }),
  });
}

type ForeignKeyChange = Partial<Pick<ForeignKeyConstraint, 'valid' | 'deferrable'>> & {
  readonly enforced?: boolean;
  readonly initiallyDeferred?: boolean;
};

function withChange(constraint: ForeignKeyConstraint, change: ForeignKeyChange): ForeignKeyConstraint {
  const { enforced: wasEnforced, initiallyDeferred: wasDeferred, ...rest } = constraint;
  const { enforced = wasEnforced !== false, initiallyDeferred = wasDeferred === true, ...others } = change;
  return {
    ...rest,
    ...others,
    ...(enforced ? {} : { enforced }),
    ...(initiallyDeferred ? { initiallyDeferred } : {}),
  };
}

function changeForeignKey(
  catalog: Catalog,
  key: RelationKey,
  constraint: ForeignKeyConstraint,
  change: ForeignKeyChange,
): Catalog {
  let changed = changeConstraint(catalog, key, constraint.name, (one) =>
    one.kind === 'foreign-key' ? withChange(one, change) : one,
  );
  for (const partition of directPartitions(catalog, key)) {
    const part = partition.constraints.find((one) => isSameForeignKey(one, constraint));
    if (part?.kind === 'foreign-key') changed = changeForeignKey(changed, relationKey(partition.name), part, change);
  }
  return changed;
}
