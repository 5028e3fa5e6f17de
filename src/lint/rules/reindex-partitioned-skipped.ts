import { findTable } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import type { Rule } from '../rule.ts';

/** Before 14, REINDEX of a partitioned table says that all went well, and does nothing. */
export const reindexPartitionedSkipped: Rule = {
  id: 'reindex-partitioned-skipped',
  severity: 'warning',
  about: ['reindex'],
  ownRemedy: true,
  summary: 'REINDEX of a partitioned table does nothing before PostgreSQL 14, and says so in a warning only.',
  remedy: 'Write REINDEX TABLE CONCURRENTLY for each partition.',
  check({ action, catalog, version, isUsed }) {
    if (action.kind !== 'reindex' || action.object !== 'table' || action.name === null || version.major >= 14)
      return null;
    const table = findTable(catalog, action.name);
    if (table === null || table.partitionBy === null || !isUsed(relationKey(table.name))) return null;
    const key = relationKey(table.name);
    return {
      title: `Rebuilds no index: ${key} is partitioned, and PostgreSQL ${version.major} skips it.`,
      consequence: 'The statement succeeds with a warning that few tools show, and all indexes stay as they were.',
      relations: [key],
    };
  },
};
