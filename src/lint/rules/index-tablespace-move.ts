import { findIndex } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import type { Rule } from '../rule.ts';

/** ALTER INDEX ... SET TABLESPACE copies the index while nobody may look at it. */
export const indexTablespaceMove: Rule = {
  id: 'index-tablespace-move',
  group: 'index-build-under-lock',
  severity: 'error',
  about: ['alter-table'],
  growsWithTable: true,
  summary: 'An index is copied to another tablespace while it is closed to everybody.',
  remedy:
    'From 14 on: REINDEX (TABLESPACE ...) INDEX CONCURRENTLY. Before: build a second index there, then drop the first.',
  check({ action, facts, catalog, isUsed }) {
    if (action.kind !== 'alter-table' || action.object !== 'index' || facts.indexBuilds.length === 0) return null;
    const place = findIndex(catalog, action.name);
    if (place === null) return null;
    const key = relationKey(place.relation.name);
    if (!isUsed(key)) return null;
    return {
      title: `Copies the index ${place.index.name} of ${key} while it is locked against everybody.`,
      consequence:
        'Writers of the table need the index, and readers look at it to plan: all of them wait until the copy is complete.',
      relations: [key],
    };
  },
};
