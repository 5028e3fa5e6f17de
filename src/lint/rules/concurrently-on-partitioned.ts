import type { Action } from '../../model/action.ts';
import type { Catalog, Relation } from '../../model/catalog.ts';
import { findIndex, findRelation } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import type { Rule } from '../rule.ts';

/** CONCURRENTLY on the index of a partitioned table: the server refuses it. */
export const concurrentlyOnPartitioned: Rule = {
  id: 'concurrently-on-partitioned',
  group: 'certain-failure',
  severity: 'error',
  summary: 'An index of a partitioned table cannot be built or dropped CONCURRENTLY.',
  remedy:
    'Build: create it ON ONLY the parent, build it CONCURRENTLY on each partition, attach the parts. Drop: without CONCURRENTLY, with a short lock_timeout.',
  check({ action, facts, catalog }) {
    if (facts.failure?.sqlstate !== '0A000') return null;
    const relation = indexedRelation(action, catalog);
    if (relation?.kind !== 'table' || relation.partitionBy === null) return null;
    const key = relationKey(relation.name);
    return {
      title: `Asks for CONCURRENTLY on an index of ${key}, which is partitioned.`,
      consequence: 'The server refuses it with 0A000, and the migration stops here.',
      relations: [...new Set([key, ...facts.locks.map((lock) => lock.relation)])],
    };
  },
};

function indexedRelation(action: Action, catalog: Catalog): Relation | null {
  switch (action.kind) {
    case 'create-index':
      return action.concurrently ? findRelation(catalog, action.table) : null;
    case 'drop': {
      const [name] = action.names;
      const isIndex = action.object === 'index' && action.concurrently && name !== undefined;
      return isIndex ? (findIndex(catalog, name)?.relation ?? null) : null;
    }
    case 'reindex': {
      const isIndex = action.object === 'index' && action.concurrently && action.name !== null;
      return isIndex ? (findIndex(catalog, action.name)?.relation ?? null) : null;
    }
    default:
      return null;
  }
}
