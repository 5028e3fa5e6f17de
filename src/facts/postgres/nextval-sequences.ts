import { tablesThatDraw } from '../../model/catalog-lookup.ts';
import type { Expression } from '../../model/expression.ts';
import { linkedKeys } from '../../model/linked-relations.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure, addLock, addLocks } from './facts-draft.ts';

/** The sequences that an expression names in nextval('s'), as far as the catalog knows them. */
export function nextvalSequences(context: FactsContext, expression: Expression): readonly RelationKey[] {
  if (!expression.functions.includes('nextval')) return [];
  const named = /nextval\(\s*'([^']+)'/i.exec(expression.sql)?.[1];
  if (named === undefined) return [];
  const parts = named.replaceAll('"', '').split('.');
  const name = parts.at(-1);
  if (name === undefined) return [];
  const keys = linkedKeys(context.catalog, 'sequence', name);
  return parts.length === 1 ? keys : keys.filter((key) => context.catalog.relations[key]?.name.schema === parts[0]);
}

/** The columns that draw from a sequence by default: what drops it is refused, or takes their defaults along. */
export function columnsDrawing(
  context: FactsContext,
  sequence: RelationKey,
): readonly { readonly table: RelationKey; readonly column: string }[] {
  return tablesThatDraw(context.catalog).flatMap(({ name, columns }) =>
    columns
      .filter(({ default: value }) => value !== null && nextvalSequences(context, value).includes(sequence))
      .map((column) => ({ table: relationKey(name), column: column.name })),
  );
}

/**
 * What is dropped takes the sequences along that it owns.
 *
 * @param goes whether a column goes with the same statement, and needs its default no more
 */
export function dropOwnedSequences(
  context: FactsContext,
  sequences: readonly RelationKey[],
  cascade: boolean,
  goes: (table: RelationKey, column: string) => boolean,
): void {
  addLocks(context.draft, sequences, 'ACCESS EXCLUSIVE');
  for (const sequence of sequences) {
    for (const { table, column } of columnsDrawing(context, sequence)) {
      if (goes(table, column)) continue;
      if (cascade) addLock(context.draft, table, 'ACCESS EXCLUSIVE');
      else addFailure(context.draft, '2BP01', `the default of ${table}.${column} uses ${sequence}`);
    }
  }
}

/** nextval('s') opens the sequence as a writer does. */
export function lockNextvalSequences(context: FactsContext, expression: Expression): void {
  for (const key of nextvalSequences(context, expression)) addLock(context.draft, key, 'ROW EXCLUSIVE');
}
