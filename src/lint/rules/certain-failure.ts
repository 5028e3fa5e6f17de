import type { Rule } from '../rule.ts';

/** The server will refuse the statement; that can be told from the schema alone. */
export const certainFailure: Rule = {
  id: 'certain-failure',
  severity: 'error',
  summary: 'The server refuses the statement; that is certain from the schema and the version.',
  remedy: 'Change the statement, or bring the schema into the state that it expects first.',
  check({ facts }) {
    if (facts.failure === null) return null;
    return {
      title: `Fails with ${facts.failure.sqlstate}: ${facts.failure.reason}.`,
      consequence: 'The migration stops here; what ran before it in the same transaction is taken back.',
      relations: facts.locks.map((lock) => lock.relation),
    };
  },
};
