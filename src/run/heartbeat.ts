import type { Connection } from '../db/connection.ts';
import type { Ledger } from './ledger.ts';
import { pauseUntil } from './supervise.ts';

export interface Heartbeat {
  stop(): Promise<void>;
}

/**
 * Renews our claim from time to time. When that fails (the control session is gone, or another runner took over) the
 * worker session is cut, so that nothing is changed by a runner that no longer holds the lock.
 */
export function startHeartbeat(ledger: Ledger, worker: Connection, everyMs: number): Heartbeat {
  const over = new AbortController();
  const beating = beat(ledger, worker, everyMs, over.signal);
  return {
    stop: async () => {
      over.abort();
      await beating;
    },
  };
}

async function beat(ledger: Ledger, worker: Connection, everyMs: number, over: AbortSignal): Promise<void> {
  for (;;) {
    await pauseUntil(everyMs, over);
    if (over.aborted) return;
    try {
      await ledger.heartbeat();
    } catch {
      // Why it failed shows at the next command, which finds its session cut.
      await worker.close();
      return;
    }
  }
}
