import { blockingLocks } from '../blocking-locks.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** CREATE RULE rewrites the statements of running code. */
export const createRule: Rule = {
  id: 'create-rule',
  group: 'lock-queue',
  severity: 'info',
  about: ['create-rule'],
  summary: 'A rule rewrites the statements of running code, and closes its table for a moment.',
  remedy: 'Use a trigger, which sees the rows that were written, and takes a weaker lock to make.',
  check(input) {
    const { action } = input;
    const tables = blockingLocks(input).map((lock) => lock.relation);
    if (action.kind !== 'create-rule' || tables.length === 0) return null;
    return {
      title: `Takes ACCESS EXCLUSIVE on ${list(tables)} to create the rule ${action.name}.`,
      consequence: `If it has to wait behind one long query, every read and write of ${list(tables)} waits behind it; from the commit on, statements of running code do what the rule says.`,
      relations: tables,
    };
  },
};
