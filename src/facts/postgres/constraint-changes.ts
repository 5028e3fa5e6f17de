import type { AlterCommand } from '../../model/alter-command.ts';
import type { Table } from '../../model/catalog.ts';
import { referencingTables, tableOf } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { type FactsContext, hasStorage, lockTree, withDescendants } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';

type DropConstraint = Extract<AlterCommand, { kind: 'drop-constraint' }>;
type AlterConstraint = Extract<AlterCommand, { kind: 'alter-constraint' }>;

/** DROP CONSTRAINT: ACCESS EXCLUSIVE, for a foreign key on both of its tables. */
export function dropConstraintFacts(context: FactsContext, table: Table, command: DropConstraint, only: boolean): void {
  const { draft } = context;
  const key = relationKey(table.name);
  const constraint = table.constraints.find((one) => one.name === command.name);
  const isInherited = constraint === undefined || constraint.kind === 'check' || table.partitionBy !== null;
  lockTree(context, table, 'ACCESS EXCLUSIVE', only || !isInherited);
  draft.because.add('DROP CONSTRAINT changes the catalog only.');
  if (constraint === undefined) {
    if (table.columns.length > 0 && !command.ifExists)
      addFailure(draft, '42704', `there is no constraint ${command.name}`);
    if (table.columns.length === 0)
      draft.unknown.add(`What ${command.name} is, is not known: dropping a foreign key locks its other table too.`);
    return;
  }
  if (constraint.kind === 'foreign-key') {
    const target = tableOf(context.catalog, constraint.references);
    if (target === null) addLock(draft, constraint.references, 'ACCESS EXCLUSIVE');
    else lockTree(context, target, 'ACCESS EXCLUSIVE');
    draft.because.add('Dropping a foreign key locks the referenced table as well (measured on 13 to 18).');
  }
  if (constraint.kind === 'primary-key' || constraint.kind === 'unique')
    dropReferencingKeys(context, table, constraint.columns, command, key);
}

function dropReferencingKeys(
  context: FactsContext,
  table: Table,
  columns: readonly string[],
  command: DropConstraint,
  key: string,
): void {
  for (const peer of referencingTables(context.catalog, key)) {
    if (peer.constraint.referencedColumns.join() !== columns.join()) continue;
    if (command.cascade) addLock(context.draft, relationKey(peer.table.name), 'ACCESS EXCLUSIVE');
    else
      addFailure(
        context.draft,
        '2BP01',
        `${relationKey(peer.table.name)} has a foreign key that needs ${command.name} of ${relationKey(table.name)}`,
      );
  }
}

/** VALIDATE CONSTRAINT: reads the table while everybody works on. */
export function validateConstraintFacts(context: FactsContext, table: Table, name: string): void {
  const { draft } = context;
  const constraint = table.constraints.find((one) => one.name === name);
  const key = relationKey(table.name);
  addLock(draft, key, 'SHARE UPDATE EXCLUSIVE');
  if (constraint === undefined) {
    if (table.columns.length > 0) addFailure(draft, '42704', `there is no constraint ${name}`);
    else draft.unknown.add(`What ${name} is, is not known: validating a foreign key also reads its other table.`);
    draft.scans.add(key);
    return;
  }
  if ('valid' in constraint && constraint.valid) return;
  const isForeignKey = constraint.kind === 'foreign-key';
  if (!isForeignKey || table.partitionBy !== null) lockTree(context, table, 'SHARE UPDATE EXCLUSIVE');
  for (const one of withDescendants(context, table)) if (hasStorage(one)) draft.scans.add(relationKey(one.name));
  if (constraint.kind === 'foreign-key') {
    addLock(draft, constraint.references, 'ROW SHARE');
    const target = tableOf(context.catalog, constraint.references);
    for (const one of target === null ? [] : withDescendants(context, target)) {
      if (hasStorage(one)) draft.scans.add(relationKey(one.name));
    }
  }
  draft.because.add(
    'VALIDATE takes SHARE UPDATE EXCLUSIVE: reads and writes go on while the rows are read (measured on 13 to 18).',
  );
}

/** ALTER CONSTRAINT: catalog only; turning enforcement of a foreign key off or on (18) reaches both tables. */
export function alterConstraintFacts(context: FactsContext, table: Table, command: AlterConstraint): void {
  const { draft } = context;
  lockTree(context, table, 'ACCESS EXCLUSIVE');
  const constraint = table.constraints.find((one) => one.name === command.name);
  if (constraint?.kind === 'foreign-key' && command.enforced !== null) {
    addLock(draft, constraint.references, 'ACCESS EXCLUSIVE');
    if (command.enforced) {
      draft.scans.add(relationKey(table.name));
      draft.scans.add(constraint.references);
    }
  }
}
