import type { Rule } from '../rule.ts';
import { whileWaiting } from '../while-waiting.ts';

/** A strong lock that is waited for without end, because the file says so. */
export const lockTimeoutOff: Rule = {
  id: 'lock-timeout-off',
  group: 'lock-queue',
  severity: 'warning',
  ownRemedy: true,
  summary: 'A strong lock is waited for without end, as the file has switched lock_timeout off.',
  remedy: 'SET lock_timeout to less than a second before the statement, and run it again when it times out.',
  check(input) {
    const { lockTimeoutMs, isLockTimeoutReset } = input.session;
    if (lockTimeoutMs !== 0 && isLockTimeoutReset !== true) return null;
    const how = lockTimeoutMs === 0 ? 'lock_timeout is 0, which means none' : 'RESET took lock_timeout away';
    return whileWaiting(input, (tables) => `Waits for ${tables} without end: ${how}.`, 'for as long as that takes');
  },
};
