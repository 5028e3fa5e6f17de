import type { AlterCommand, AlterCommandOf } from '../model/alter-command.ts';
import type { Table } from '../model/catalog.ts';
import { findRelation } from '../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { RecipeInput } from './recipe.ts';

export interface AlterTarget<K extends AlterCommand['kind']> {
  readonly table: Table;
  readonly key: RelationKey;
  readonly command: AlterCommandOf<K>;
  readonly only: boolean;
}

/** The table and the command of a one-command ALTER TABLE of the given kind on a table people use; else null. */
export function alterTarget<K extends AlterCommand['kind']>(input: RecipeInput, kind: K): AlterTarget<K> | null {
  const { action } = input.statement;
  if (action.kind !== 'alter-table' || action.object !== 'table') return null;
  const command = action.commands[0];
  if (command?.kind !== kind) return null;
  const table = findRelation(input.catalog, action.name);
  if (table?.kind !== 'table') return null;
  const key = relationKey(table.name);
  if (input.isFresh(key)) return null;
  return { table, key, command: command as AlterCommandOf<K>, only: action.only };
}

/**
 * Columns that a backfill can walk along: the primary key, else a unique index over NOT NULL columns; empty when the
 * table has neither and has to be walked by its blocks.
 */
export function walkableKey(table: Table): readonly string[] {
  const candidates = [...table.indexes].sort((a, b) => Number(b.primary) - Number(a.primary));
  for (const index of candidates) {
    const columns = index.keys.map((key) => key.column);
    const usable =
      index.unique &&
      index.valid &&
      index.predicate === null &&
      index.method === 'btree' &&
      columns.every((name) => table.columns.some((column) => column.name === name && column.notNull));
    if (usable) return columns.filter((name) => name !== null);
  }
  return [];
}
