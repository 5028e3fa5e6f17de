import { findRelation } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import type { Rule } from '../rule.ts';

/** IF NOT EXISTS is content with an index of that name that a failed build left behind. */
export const invalidIndexHidden: Rule = {
  id: 'invalid-index-hidden',
  severity: 'info',
  about: ['create-index'],
  ownRemedy: true,
  summary: 'IF NOT EXISTS takes the INVALID index of a failed build for the real one.',
  remedy:
    'Leave IF NOT EXISTS out, or DROP INDEX CONCURRENTLY IF EXISTS first; look at pg_index.indisvalid afterwards.',
  check({ action, facts, catalog, isUsed }) {
    if (action.kind !== 'create-index' || !action.ifNotExists || facts.failure !== null) return null;
    const relation = findRelation(catalog, action.table);
    if (relation === null || relation.kind === 'sequence') return null;
    const key = relationKey(relation.name);
    const isParent = relation.kind === 'table' && relation.partitionBy !== null;
    if (!isUsed(key) || isParent) return null;
    const existing = relation.indexes.find((index) => index.name === action.name);
    if (existing?.valid === false) {
      return {
        title: `Leaves the INVALID index ${existing.name} of ${key} as it is.`,
        consequence:
          'IF NOT EXISTS finds the name and builds nothing: no query uses the index, and every write pays for it.',
        relations: [key],
        severity: 'error',
      };
    }
    if (existing !== undefined || !action.concurrently) return null;
    return {
      title: `Says IF NOT EXISTS, so a second try takes whatever ${action.name ?? 'the first one'} left on ${key}.`,
      consequence:
        'A concurrent build that fails leaves an INVALID index; the next run finds its name, says that all is well, and builds nothing.',
      relations: [key],
    };
  },
};
