import type { AlterCommandOf } from '../model/alter-command.ts';
import type { Column, Table } from '../model/catalog.ts';
import { referencingTables } from '../model/catalog-lookup.ts';
import type { DataType } from '../model/data-type.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import { alterCommandOf } from './alter-command-of.ts';
import type { RuleInput } from './rule.ts';

/** ALTER COLUMN TYPE of a table in use, whose column is known. */
export interface TypeChange {
  readonly command: AlterCommandOf<'set-type'>;
  readonly key: RelationKey;
  readonly table: Table;
  readonly column: Column;
  /** `public.orders.total` */
  readonly what: string;
}

/** For rules that look at each command alone. */
export function typeChangeOf(input: RuleInput): TypeChange | null {
  const found = alterCommandOf(input, 'set-type');
  const column = found?.table?.columns.find(({ name }) => name === found.command.column);
  if (found?.table == null || column === undefined) return null;
  const { command, key, table } = found;
  return { command, key, table, column, what: `${key}.${column.name}` };
}

export function isSameType(a: DataType, b: DataType): boolean {
  const isSameSchema = a.schema === b.schema || a.schema === null || b.schema === null;
  const isSameShape = a.arrayDimensions > 0 === b.arrayDimensions > 0 && a.modifiers.join() === b.modifiers.join();
  return a.name === b.name && isSameSchema && isSameShape;
}

/** Tables whose foreign keys point at the column, the table itself left out. */
export function tablesReferencing(input: RuleInput, { key, column }: TypeChange): readonly RelationKey[] {
  const places = referencingTables(input.catalog, key).filter(({ constraint }) =>
    constraint.referencedColumns.includes(column.name),
  );
  return [...new Set(places.map(({ table }) => relationKey(table.name)))].filter((one) => one !== key);
}

/** Tables that the column points at by a foreign key, the table itself left out. */
export function tablesReferenced({ key, table, column }: TypeChange): readonly RelationKey[] {
  const keys = table.constraints.flatMap((one) =>
    one.kind === 'foreign-key' && one.columns.includes(column.name) ? [one.references] : [],
  );
  return [...new Set(keys)].filter((one) => one !== key);
}
