import type { Table } from '../model/catalog.ts';
import { findTable, resolveName } from '../model/catalog-lookup.ts';
import type { DataType } from '../model/data-type.ts';
import type { ForeignKeyDefinition } from '../model/definition.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { RuleInput } from './rule.ts';

/** A foreign key that a statement makes, with what is known of both sides. */
export interface NewForeignKey {
  readonly constraint: ForeignKeyDefinition;
  readonly key: RelationKey;
  /** null for a table that the statement creates. */
  readonly table: Table | null;
  readonly referenced: RelationKey;
  readonly target: Table | null;
  typeOf(column: string): DataType | undefined;
}

/** Foreign keys of ALTER TABLE and CREATE TABLE, at a column or at the table. */
export function newForeignKeys({ action, catalog }: RuleInput): readonly NewForeignKey[] {
  if (action.kind !== 'create-table' && (action.kind !== 'alter-table' || action.object !== 'table')) return [];
  const table = action.kind === 'create-table' ? null : findTable(catalog, action.name);
  const added = action.kind === 'create-table' ? action.columns : action.commands.flatMap(columnOf);
  const constraints =
    action.kind === 'create-table'
      ? action.constraints
      : action.commands.flatMap((one) => (one.kind === 'add-constraint' ? [one.constraint] : []));
  const typeOf = (name: string): DataType | undefined =>
    [...added, ...(table?.columns ?? [])].find((one) => one.name === name)?.type;
  return [...constraints, ...added.flatMap((one) => one.constraints)].flatMap((constraint) => {
    if (constraint.kind !== 'foreign-key') return [];
    const target = findTable(catalog, constraint.references);
    const referenced = relationKey(resolveName(catalog, constraint.references));
    return [{ constraint, key: relationKey(resolveName(catalog, action.name)), table, referenced, target, typeOf }];
  });
}

function columnOf(
  command: Extract<RuleInput['action'], { readonly kind: 'alter-table' }>['commands'][number],
): Extract<RuleInput['action'], { readonly kind: 'create-table' }>['columns'] {
  return command.kind === 'add-column' ? [command.column] : [];
}

/** The columns that a foreign key refers to: those it names, else the primary key. */
export function referencedColumns({ constraint, target }: NewForeignKey): readonly string[] {
  if (constraint.referencedColumns.length > 0) return constraint.referencedColumns;
  const primary = target?.constraints.find((one) => one.kind === 'primary-key');
  return primary?.kind === 'primary-key' ? primary.columns : [];
}
