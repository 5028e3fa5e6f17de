import type { Rule } from '../rule.ts';

/** REFRESH ... CONCURRENTLY is refused without a unique index. */
export const refreshConcurrentlyWithoutUniqueIndex: Rule = {
  id: 'refresh-concurrently-without-unique-index',
  group: 'certain-failure',
  severity: 'error',
  about: ['refresh-materialized-view'],
  summary: 'REFRESH ... CONCURRENTLY is refused without a unique index on the view.',
  remedy: 'CREATE UNIQUE INDEX CONCURRENTLY on columns of the view, without a condition, then refresh.',
  check({ action, facts }) {
    if (action.kind !== 'refresh-materialized-view' || !action.concurrently) return null;
    if (facts.failure?.sqlstate !== '55000') return null;
    return {
      title: `Fails with 55000: ${facts.failure.reason}.`,
      consequence: 'CONCURRENTLY tells rows apart by such an index; without one the migration stops here.',
      relations: facts.locks.map((lock) => lock.relation),
    };
  },
};
