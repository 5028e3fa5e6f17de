import { aboutTime } from '../about.ts';
import { isBounded, isSmallChange, rowChange } from '../row-changes.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** Longer than that nobody waits for one statement by mistake. */
const LONG_MS = 3_600_000;

/** A statement_timeout that is made for short statements, and in force for a long one. */
export const timeoutCutsBackfill: Rule = {
  id: 'timeout-cuts-backfill',
  severity: 'warning',
  about: ['dml'],
  growsWithTable: true,
  summary: 'A statement_timeout is in force while many rows are changed or copied.',
  remedy: 'Work in batches that are done long before the timeout, or SET statement_timeout = 0 for this statement.',
  check(input) {
    const { statementTimeoutMs } = input.session;
    if (statementTimeoutMs === null || statementTimeoutMs === 0 || statementTimeoutMs >= LONG_MS) return null;
    const change = rowChange(input);
    if (change === null || isSmallChange(input, change.action) || isBounded(input, change.action)) return null;
    return {
      title: `Has to be done with ${list(change.written)} within ${aboutTime(statementTimeoutMs).replace('about ', '')}.`,
      consequence:
        'When statement_timeout ends it first (57014), all of its work is taken back, and it was for nothing.',
      relations: change.written,
    };
  },
};
