import { closedTables } from '../closed-tables.ts';
import type { Rule } from '../rule.ts';
import { hasShortLockTimeout } from '../short-lock-timeout.ts';
import { list } from '../who-waits.ts';

/** Two tables locked against everybody by one statement: while it waits for the second, the first is closed. */
export const severalStrongLocks: Rule = {
  id: 'several-strong-locks',
  severity: 'warning',
  summary: 'Several tables are closed to everybody at once.',
  remedy: 'Take the locks in one fixed order with a short lock_timeout, and nothing else in the same transaction.',
  check(input) {
    const closed = closedTables(input);
    if (closed.length < 2 || hasShortLockTimeout(input.session)) return null;
    return {
      title: `Locks ${closed.length} tables against everybody at once: ${list(closed)}.`,
      consequence:
        'While it waits for one of them the others are closed already; application transactions that use both can deadlock with it.',
      relations: closed,
    };
  },
};
