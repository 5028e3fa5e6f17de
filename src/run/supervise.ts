import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../db/connection.ts';

export interface Supervision {
  /** The session to watch. */
  readonly pid: number;
  readonly firstLookMs: number;
  readonly everyMs: number;
  /** Cancel the statement once others have stood behind it this long; null: never. */
  readonly cancelAfterMs: number | null;
  /** Cancel the statement when the run is told to stop; null: let it finish. */
  readonly stop: AbortSignal | null;
  /** Called after every look, for progress. */
  readonly onLook?: () => Promise<void>;
}

export interface Supervised {
  readonly maxWaiters: number;
  readonly cancelledBy: 'supervisor' | 'stop' | 'deadline' | null;
}

/** Everybody may read pg_locks; pg_blocking_pids() also knows those who merely queue behind us. */
const WAITERS_SQL = `
SELECT count(*)::int AS waiters FROM (
  SELECT DISTINCT pid FROM pg_catalog.pg_locks WHERE NOT granted AND pid IS NOT NULL AND pid <> $1) w
WHERE $1 = ANY (pg_catalog.pg_blocking_pids(w.pid))`;

/** How many sessions wait because of that one. */
export async function countWaiters(connection: Connection, pid: number): Promise<number> {
  const [row] = await connection.query<{ waiters: number }>(WAITERS_SQL, [pid]);
  return row?.waiters ?? 0;
}

/**
 * Watches a session of ours from a second one while `work` runs in it: counts who waits behind it, and cancels it where
 * that was agreed. It reads pg_locks and nothing that could itself be trapped behind a lock.
 *
 * The watch has ended for sure when this returns, so a cancel never hits a later statement.
 */
export async function supervised<T>(
  connection: Connection,
  supervision: Supervision,
  work: () => Promise<T>,
): Promise<{ readonly result: PromiseSettledResult<T>; readonly watched: Supervised }> {
  const over = new AbortController();
  const watching = watch(connection, supervision, over.signal);
  const [result] = await Promise.allSettled([work()]);
  over.abort();
  return { result, watched: await watching };
}

async function watch(connection: Connection, supervision: Supervision, over: AbortSignal): Promise<Supervised> {
  const { pid, firstLookMs, everyMs, cancelAfterMs, stop, onLook } = supervision;
  let maxWaiters = 0;
  let cancelledBy: Supervised['cancelledBy'] = null;
  let heldUpSince: number | null = null;
  await pauseUntil(firstLookMs, over);
  while (!over.aborted) {
    try {
      const waiters = await countWaiters(connection, pid);
      maxWaiters = Math.max(maxWaiters, waiters);
      heldUpSince = waiters === 0 ? null : (heldUpSince ?? performance.now());
      const heldUpMs = heldUpSince === null ? 0 : performance.now() - heldUpSince;
      const reason = cancelAfterMs !== null && heldUpMs > cancelAfterMs ? 'supervisor' : stop?.aborted ? 'stop' : null;
      if (reason !== null && !over.aborted) {
        cancelledBy ??= reason;
        await connection.query('SELECT pg_catalog.pg_cancel_backend($1)', [pid]);
      }
      if (!over.aborted) await onLook?.();
    } catch {
      // A supervisor that lost its sight must not decide anything; the next use of the session tells what happened.
      return { maxWaiters, cancelledBy };
    }
    await pauseUntil(everyMs, over);
  }
  return { maxWaiters, cancelledBy };
}

/** Sleeps, but no longer than until `over`. */
export async function pauseUntil(ms: number, over: AbortSignal): Promise<void> {
  if (over.aborted) return;
  await sleep(ms, undefined, { signal: over }).catch(() => undefined);
}
