import { groupedNumber } from '../../model/grouped-number.ts';
import { aboutTime } from '../about.ts';
import type { Rule } from '../rule.ts';
import { DEADLOCK_TIMEOUT_MS, whileWaiting } from '../while-waiting.ts';

/** A lock_timeout that is there and too long to protect anybody. */
export const lockTimeoutTooLong: Rule = {
  id: 'lock-timeout-too-long',
  group: 'lock-queue',
  severity: 'warning',
  ownRemedy: true,
  summary: 'A lock_timeout of more than a second: until it ends, everybody waits behind the statement.',
  remedy: 'Wait for 100 ms to 500 ms at a time, and try again later instead of waiting longer.',
  check(input) {
    const { lockTimeoutMs } = input.session;
    if (lockTimeoutMs === null || lockTimeoutMs <= DEADLOCK_TIMEOUT_MS) return null;
    return whileWaiting(
      input,
      (tables) => `Waits for ${tables} for up to ${aboutTime(lockTimeoutMs).replace('about ', '')}.`,
      `up to ${groupedNumber(lockTimeoutMs)} ms for each lock; after deadlock_timeout (1 s) the server may also cancel a request of the application`,
    );
  },
};
