import { findIndex } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import type { Rule } from '../rule.ts';

/** DROP INDEX of an index that a constraint owns. */
export const constraintBackedIndexDrop: Rule = {
  id: 'constraint-backed-index-drop',
  group: 'certain-failure',
  severity: 'error',
  about: ['drop'],
  ownRemedy: true,
  summary: 'An index that belongs to a constraint cannot be dropped by itself.',
  remedy: 'Drop the constraint instead, when that is what is meant: ALTER TABLE ... DROP CONSTRAINT.',
  check({ action, facts, catalog }) {
    if (action.kind !== 'drop' || action.object !== 'index' || facts.failure?.sqlstate !== '2BP01') return null;
    const place = action.names.map((name) => findIndex(catalog, name)).find((one) => one?.index.constraint != null);
    if (place == null) return null;
    const key = relationKey(place.relation.name);
    return {
      title: `Drops the index ${place.index.name}, which the constraint ${place.index.constraint} of ${key} needs.`,
      consequence: 'The server refuses it with 2BP01, and the migration stops here.',
      relations: [...new Set([key, ...facts.locks.map((lock) => lock.relation)])],
    };
  },
};
