import type { SessionSettings } from '../model/transaction-unit.ts';

/** From here on the server looks for deadlocks, and may cancel a request of the application (deadlock_timeout). */
const DEADLOCK_TIMEOUT_MS = 1000;

/** Whether a wait for a lock ends by itself before it harms others. */
export function hasShortLockTimeout({ lockTimeoutMs }: SessionSettings): boolean {
  return lockTimeoutMs !== null && lockTimeoutMs > 0 && lockTimeoutMs < DEADLOCK_TIMEOUT_MS;
}
