import type { AlterCommandKind, AlterCommandOf } from '../model/alter-command.ts';
import type { Table } from '../model/catalog.ts';
import { findTable, resolveName } from '../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { RuleInput } from './rule.ts';

/** A command of ALTER TABLE with the table that it is about. */
export interface PlacedCommand<Kind extends AlterCommandKind> {
  readonly command: AlterCommandOf<Kind>;
  readonly key: RelationKey;
  /** As the schema has it before the statement; null when it is not there, or is no table. */
  readonly table: Table | null;
}

/** The commands of one kind in an ALTER TABLE of a table in use; none for every other statement. */
export function alterCommandsOf<Kind extends AlterCommandKind>(
  input: RuleInput,
  kind: Kind,
): readonly PlacedCommand<Kind>[] {
  const { action, catalog } = input;
  if (action.kind !== 'alter-table' || action.object !== 'table') return [];
  const isWanted = (one: { readonly kind: AlterCommandKind }): one is AlterCommandOf<Kind> => one.kind === kind;
  const commands = action.commands.filter(isWanted);
  if (commands.length === 0) return [];
  const key = relationKey(resolveName(catalog, action.name));
  if (!input.isUsed(key)) return [];
  const table = findTable(catalog, action.name);
  return commands.map((command) => ({ command, key, table }));
}

/** The first of them, or null: for rules that look at each command alone. */
export function alterCommandOf<Kind extends AlterCommandKind>(
  input: RuleInput,
  kind: Kind,
): PlacedCommand<Kind> | null {
  return alterCommandsOf(input, kind)[0] ?? null;
}
