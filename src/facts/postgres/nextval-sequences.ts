import type { Expression } from '../../model/expression.ts';
import { linkedKeys } from '../../model/linked-relations.ts';
import type { RelationKey } from '../../model/relation-name.ts';
import type { FactsContext } from './facts-context.ts';
import { addLock } from './facts-draft.ts';

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

/** nextval('s') opens the sequence as a writer does. */
export function lockNextvalSequences(context: FactsContext, expression: Expression): void {
  for (const key of nextvalSequences(context, expression)) addLock(context.draft, key, 'ROW EXCLUSIVE');
}
