import type { Index, Table, View } from '../../model/catalog.ts';
import { findIndex, findRelation } from '../../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { indexIsValid, recordedInLedger } from '../post-condition.ts';
import type { Recipe } from '../recipe.ts';
import type { ConcurrentIndexDraft, TransactionDraft } from '../step-draft.ts';

/** REINDEX of an index or a table: each index anew beside the old one, then swapped. */
export const reindexConcurrently: Recipe = {
  name: 'reindex-concurrently',
  rung: 'concurrently',
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
    return indexes.map((one): ConcurrentIndexDraft | TransactionDraft => {
      const index = relationKey({ schema: relation.name.schema, name: one.name });
      if (isOfExclusion(relation, one)) return inOneGo(index, one.name);
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

function isOfExclusion(relation: Table | View, index: Index): boolean {
  if (relation.kind !== 'table' || index.constraint === null) return false;
  return relation.constraints.some((one) => one.kind === 'exclude' && one.name === index.constraint);
}

/** The server builds the index of an EXCLUDE constraint under its lock only (0A000; measured on 13 to 18). */
function inOneGo(index: RelationKey, name: string): TransactionDraft {
  return {
    kind: 'transaction',
    name: `reindex-${name}`,
    phase: 'migrate',
    why: 'The index of an EXCLUDE constraint cannot be built beside the old one: it gets one second, and is taken back whole if that is not enough.',
    sql: [`REINDEX INDEX ${index}`],
    undo: [],
    postCondition: recordedInLedger(),
    bounded: true,
  };
}
