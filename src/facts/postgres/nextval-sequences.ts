import type { Expression } from '../../model/expression.ts';
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
  return Object.entries(context.catalog.relations).flatMap(([key, relation]) => {
    if (relation.kind !== 'sequence' || relation.name.name !== name) return [];
    return parts.length > 1 && relation.name.schema !== parts[0] ? [] : [key];
  });
}

/** nextval('s') opens the sequence as a writer does. */
export function lockNextvalSequences(context: FactsContext, expression: Expression): void {
  for (const key of nextvalSequences(context, expression)) addLock(context.draft, key, 'ROW EXCLUSIVE');
}
