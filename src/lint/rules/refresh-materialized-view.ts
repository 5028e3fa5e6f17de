import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';
import { rewrittenUnderLock } from '../work-under-lock.ts';

/** REFRESH without CONCURRENTLY: readers of the view wait for the whole query. */
export const refreshMaterializedView: Rule = {
  id: 'refresh-materialized-view',
  group: 'rewrite-under-lock',
  severity: 'error',
  about: ['refresh-materialized-view'],
  growsWithTable: true,
  summary: 'A materialized view is built anew while its readers wait.',
  remedy: 'Build a unique index on the view CONCURRENTLY, then REFRESH MATERIALIZED VIEW CONCURRENTLY.',
  check(input) {
    const work = rewrittenUnderLock(input);
    if (work === null || input.action.kind !== 'refresh-materialized-view') return null;
    const views = list(work.relations.map((one) => nameWithSize(input, one)));
    return {
      title: `Builds ${views} anew while nobody can read it.`,
      consequence: `ACCESS EXCLUSIVE is held while the query of the view runs: every read of ${list(work.relations)} waits until it is done.`,
      relations: work.relations,
    };
  },
};
