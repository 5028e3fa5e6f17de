import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a moment, ms since 1970; answers at once when it has passed. Rejects when `signal` aborts. */
export async function sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const leftMs = atMs - Date.now();
  if (leftMs > 0) await sleep(leftMs, undefined, { signal });
}
