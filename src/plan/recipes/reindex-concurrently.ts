import { findIndex, findRelation } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { indexIsValid } from '../post-condition.ts';
import type { Recipe } from '../recipe.ts';
import type { ConcurrentIndexDraft } from '../step-draft.ts';

/** REINDEX of an index or a table: each index anew beside the old one, then swapped. */
export const reindexConcurrently: Recipe = {
  name: 'reindex-concurrently',
  summary: 'Rebuild it CONCURRENTLY.',
  plan(input) {
    const { action } = input.statement;
    if (action.kind !== 'reindex' || action.name === null) return null;
    if (action.object !== 'index' && action.object !== 'table') return null;
    const place = action.object === 'index' ? findIndex(input.catalog, action.name) : null;
    const relation = place?.relation ?? findRelation(input.catalog, action.name);
    if (relation === null || relation.kind === 'sequence') return null;
    if (relation.kind === 'table' && relation.partitionBy !== null) return null;
    const table = relationKey(relation.name);
    const indexes = place === null ? relation.indexes : [place.index];
    return indexes.map((one): ConcurrentIndexDraft => {
      const index = relationKey({ schema: relation.name.schema, name: one.name });
      return {
        kind: 'concurrent-index',
        name: `reindex-${one.name}`,
        phase: 'migrate',
        why: 'A plain REINDEX keeps writers waiting; CONCURRENTLY builds the new index beside the old one.',
        verb: 'reindex',
        sql: `REINDEX INDEX CONCURRENTLY ${index}`,
        table,
        index,
        undo: null,
        postCondition: indexIsValid(index),
      };
    });
  },
};
