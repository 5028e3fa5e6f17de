import { findRelation } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { recordedInLedger } from '../post-condition.ts';
import type { Recipe } from '../recipe.ts';

/** REFRESH MATERIALIZED VIEW: CONCURRENTLY where a unique index allows it, so that readers never wait. */
export const refreshConcurrently: Recipe = {
  name: 'refresh-concurrently',
  rung: 'concurrently',
  summary: 'Refresh CONCURRENTLY: readers go on.',
  plan(input) {
    const { action } = input.statement;
    if (action.kind !== 'refresh-materialized-view' || !action.withData) return null;
    const view = findRelation(input.catalog, action.name);
    if (view?.kind !== 'materialized-view' || input.isFresh(relationKey(view.name))) return null;
    const hasKey = view.indexes.some(
      (index) =>
        index.unique && index.valid && index.predicate === null && index.keys.every((key) => key.column !== null),
    );
    if (!hasKey) return null;
    const key = relationKey(view.name);
    return [
      {
        kind: 'transaction',
        name: `refresh-${view.name.name}`,
        phase: 'migrate',
        why: 'CONCURRENTLY compares and changes rows; readers of the view go on.',
        sql: [`REFRESH MATERIALIZED VIEW CONCURRENTLY ${key}`],
        undo: [],
        postCondition: recordedInLedger(),
      },
    ];
  },
};
