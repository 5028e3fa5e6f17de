import { resolveName } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import type { Rule } from '../rule.ts';

const REMEDY = 'Let the job that refreshes the view do it, outside of the migration.';

/** REFRESH ... CONCURRENTLY lets readers go on, and nobody else. */
export const refreshConcurrentlyBlocksRefreshes: Rule = {
  id: 'refresh-concurrently-blocks-refreshes',
  severity: 'info',
  about: ['refresh-materialized-view'],
  summary: 'The query of a materialized view runs inside the migration; other refreshes wait.',
  remedy: REMEDY,
  check(input) {
    const { action, facts } = input;
    if (action.kind !== 'refresh-materialized-view' || !action.concurrently || facts.failure !== null) return null;
    const view = relationKey(resolveName(input.catalog, action.name));
    if (!input.isUsed(view)) return null;
    return {
      title: `Refreshes ${view} inside the migration.`,
      consequence: `Readers go on. EXCLUSIVE on ${view} keeps other refreshes waiting, and the migration takes as long as the query and the comparison.`,
      remedy: REMEDY,
      relations: [view],
    };
  },
};
