import type { Rule } from '../rule.ts';

/** CONCURRENTLY and its like in a file that its tool runs as one transaction. */
export const outsideTransaction: Rule = {
  id: 'outside-transaction',
  severity: 'error',
  summary: 'Refuses a transaction, and the tool that owns the file opens one.',
  remedy:
    'Let Evenkeel apply it: statements that refuse a transaction run outside of one, and are finished or cleaned up.',
  check({ facts, runsInTransaction }) {
    if (facts.transaction === 'any' || !runsInTransaction) return null;
    return {
      title: 'Refuses to run inside a transaction, and the tool of this file opens one around it.',
      consequence: 'The migration fails with 25001 before it does anything.',
      relations: facts.locks.map((lock) => lock.relation),
    };
  },
};
