import type { Rule } from '../rule.ts';
import { whereOpened } from '../where-opened.ts';

/** CONCURRENTLY and its like in a file that its tool runs as one transaction. */
export const outsideTransaction: Rule = {
  id: 'outside-transaction',
  severity: 'error',
  summary: 'Refuses a transaction, and stands in one, of the file itself or of its tool.',
  remedy:
    'Let Evenkeel apply it: statements that refuse a transaction run outside of one, and are finished or cleaned up.',
  check({ facts, unit }) {
    if (facts.transaction === 'any' || unit.openedBy === null) return null;
    const where = whereOpened(unit);
    return {
      title: `Refuses to run inside a transaction, and ${where}.`,
      consequence: 'The migration fails with 25001 before it does anything.',
      relations: facts.locks.map((lock) => lock.relation),
    };
  },
};
