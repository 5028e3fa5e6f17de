import type { Action } from '../../model/action.ts';
import { findIndex, findTable, type IndexPlace } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import type { Rule, RuleInput } from '../rule.ts';

/** An index goes before the one that replaces it is there. */
export const indexReplaceOrder: Rule = {
  id: 'index-replace-order',
  severity: 'warning',
  about: ['drop'],
  ownRemedy: true,
  summary: 'An index is dropped before the one that replaces it is built.',
  remedy:
    'Build the new index first, under another name, then drop the old one; ALTER INDEX ... RENAME gives it its name.',
  check(input) {
    const { action, catalog, facts, isUsed } = input;
    if (action.kind !== 'drop' || action.object !== 'index' || facts.failure !== null) return null;
    for (const name of action.names) {
      const place = findIndex(catalog, name);
      if (place === null || !place.index.valid || !isUsed(relationKey(place.relation.name))) continue;
      const next = replacementOf(place, input);
      if (next === null) continue;
      const key = relationKey(place.relation.name);
      return {
        title: `Drops ${place.index.name} of ${key} before ${next} replaces it.`,
        consequence:
          'Until the new index is complete no index serves those queries: each reads the whole table, while the build reads it as well.',
        relations: [key],
      };
    }
    return null;
  },
};

/** A later index with the same first column, where no other index that stays begins with it. */
function replacementOf(place: IndexPlace, input: RuleInput): string | null {
  const first = place.index.keys[0]?.column ?? null;
  const isServed = place.relation.indexes.some(
    (one) => one !== place.index && one.valid && one.predicate === null && one.keys[0]?.column === first,
  );
  if (first === null || isServed) return null;
  for (const action of input.laterOn(relationKey(place.relation.name), 'create-index')) {
    if (replaces(action, place, first, input)) return nameOf(action);
  }
  return null;
}

function replaces(action: Action, { relation, index }: IndexPlace, first: string, input: RuleInput): boolean {
  if (action.kind !== 'create-index' || action.keys[0]?.column !== first || action.method !== index.method)
    return false;
  const table = findTable(input.catalog, action.table);
  return table !== null && relationKey(table.name) === relationKey(relation.name);
}

function nameOf(action: Action): string {
  return action.kind === 'create-index' ? (action.name ?? 'the next index') : 'the next index';
}
