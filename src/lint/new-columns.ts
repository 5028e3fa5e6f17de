import { nameForCreation, resolveName } from '../model/catalog-lookup.ts';
import type { ColumnDefinition, ConstraintDefinition } from '../model/definition.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { RuleInput } from './rule.ts';

/** Columns that a statement brings, by CREATE TABLE or ADD COLUMN. */
export interface NewColumns {
  readonly key: RelationKey;
  readonly columns: readonly ColumnDefinition[];
  /** Of CREATE TABLE, those of the table; those of a column stand at the column. */
  readonly constraints: readonly ConstraintDefinition[];
}

/** null when it brings none. */
export function newColumns({ action, catalog }: RuleInput): NewColumns | null {
  if (action.kind === 'create-table' && action.partitionOf === null && action.columns.length > 0) {
    const key = relationKey(nameForCreation(catalog, action.name));
    return { key, columns: action.columns, constraints: action.constraints };
  }
  if (action.kind !== 'alter-table' || action.object !== 'table') return null;
  const columns = action.commands.flatMap((one) => (one.kind === 'add-column' ? [one.column] : []));
  return columns.length === 0
    ? null
    : { key: relationKey(resolveName(catalog, action.name)), columns, constraints: [] };
}

/** New columns that are in the way of a matter of taste, with the words that name them. */
export function newColumnsWhere(
  input: RuleInput,
  isMeant: (column: ColumnDefinition, all: NewColumns) => boolean,
): { readonly key: RelationKey; readonly names: readonly string[] } | null {
  const all = newColumns(input);
  const names = all?.columns.filter((column) => isMeant(column, all)).map(({ name }) => name) ?? [];
  return all === null || names.length === 0 ? null : { key: all.key, names };
}

/** Whether a column has the built-in type of that internal name. */
export function isOfType({ type }: ColumnDefinition, ...names: readonly string[]): boolean {
  return type.schema === null && names.includes(type.name);
}
