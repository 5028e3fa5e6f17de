import { isBounded, isPlain } from '../row-changes.ts';
import type { Rule } from '../rule.ts';

/** What the statement does cannot be told from what is known. It is reported, never passed. */
export const unknownEffect: Rule = {
  id: 'unknown-effect',
  severity: 'warning',
  summary: 'What the statement locks, reads or rewrites cannot be told from what is known.',
  remedy: 'Give the schema (--schema or --database-url), or look at the statement yourself.',
  check(input) {
    const { facts, action } = input;
    if (facts.certainty === 'known') return null;
    // What is uncertain is how the server finds the rows, and there are few of them.
    // It goes through all tables, and keeps nobody from any of them.
    if (action.kind === 'analyze') return null;
    if (action.kind === 'dml' && isBounded(input, action) && isPlain(input, action)) return null;
    return {
      title: 'What it locks, reads or rewrites is not certain.',
      consequence: facts.because[0] ?? 'Nothing is known about this statement.',
      relations: facts.locks.map((lock) => lock.relation),
    };
  },
};
