import type { Connection } from '../db/connection.ts';
import type { Alarm } from '../model/alarm.ts';
import { alarmOf, startHistory, withReading } from './judge-vitals.ts';
import type { RunLimits } from './limits.ts';
import { isConnectionLost } from './perform-sql.ts';
import { readVitals, type Vitals } from './read-vitals.ts';

/** Reads the server's vital signs from the control session, no more often than it was told to. */
export interface VitalsMonitor {
  /** From before anything was changed. */
  readonly before: Vitals;
  /** What is worse than it may be just now, or null. */
  look(): Promise<Alarm | null>;
}

/**
 * @param connection the control session; what it is asked takes no lock of a user's table.
 * @throws as `readVitals` when the very first reading fails.
 */
export async function startVitalsMonitor(connection: Connection, limits: RunLimits['vitals']): Promise<VitalsMonitor> {
  const before = await readVitals(connection);
  let history = startHistory(before);
  let askedAt = before.at;
  let blindSince: number | null = null;
  return {
    before,
    look: async () => {
      const now = performance.now();
      if (now - askedAt >= limits.everyMs) {
        askedAt = now;
        try {
          history = withReading(history, await readVitals(connection), limits);
          blindSince = null;
        } catch (error) {
          // A lost session is told by the next command that needs it.
          if (isConnectionLost(error)) return null;
          blindSince ??= now;
        }
      }
      // What cannot be seen is not taken for good.
      const unseenMs = blindSince === null ? 0 : Math.round(performance.now() - blindSince);
      if (unseenMs > limits.unseenMs) return { sign: 'unseen', value: unseenMs, limit: limits.unseenMs };
      return alarmOf(history, limits);
    },
  };
}
