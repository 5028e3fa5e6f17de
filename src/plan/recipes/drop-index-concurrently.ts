import { findIndex } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { relationIsGone } from '../post-condition.ts';
import type { Recipe } from '../recipe.ts';
import type { StepDraft } from '../step-draft.ts';

/** DROP INDEX takes ACCESS EXCLUSIVE on the table; CONCURRENTLY waits for its users instead of making them wait. */
export const dropIndexConcurrently: Recipe = {
  name: 'drop-index-concurrently',
  rung: 'concurrently',
  summary: 'Drop it CONCURRENTLY.',
  plan(input) {
    const { action } = input.statement;
    if (action.kind !== 'drop' || action.object !== 'index' || action.cascade) return null;
    const drafts: StepDraft[] = [];
    for (const name of action.names) {
      const place = findIndex(input.catalog, name);
      if (place === null && action.ifExists) continue;
      if (place === null || place.index.constraint !== null) return null;
      const { relation } = place;
      if (relation.kind === 'table' && relation.partitionBy !== null) return null;
      const table = relationKey(relation.name);
      if (input.isFresh(table)) return null;
      const index = relationKey({ schema: relation.name.schema, name: place.index.name });
      drafts.push({
        kind: 'concurrent-index',
        name: `drop-index-${place.index.name}`,
        phase: 'contract',
        why: 'A plain DROP INDEX locks the whole table; CONCURRENTLY waits until nobody uses the index any more.',
        verb: 'drop',
        sql: `DROP INDEX CONCURRENTLY ${index}`,
        table,
        index,
        undo: null,
        postCondition: relationIsGone(index),
      });
    }
    return drafts;
  },
};
