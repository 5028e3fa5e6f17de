import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../db/connection.ts';

/** What may stand behind a statement of ours before it is taken back. */
export interface QueueBudget {
  /** So many sessions; null: any number. */
  readonly maxQueued: number | null;
  /** So long at a stretch, ms. */
  readonly maxStallMs: number;
}

export interface Supervision {
  /** The session to watch. */
  readonly pid: number;
  readonly firstLookMs: number;
  readonly everyMs: number;
  /** Cancel the statement once more stands behind it than this; null: never. */
  readonly budget: QueueBudget | null;
  /** Cancel the statement when the run is told to stop; null: let it finish. */
  readonly stop: AbortSignal | null;
  /** Called after every look, for progress. */
  readonly onLook?: () => Promise<void>;
}

/** Which of our own reasons a statement was cancelled for. */
export type CancelledBy = 'supervisor' | 'stop' | 'alarm' | 'deadline';

/** More stood behind a statement of ours than may. */
export interface Overdraft {
  /** Too many sessions, or for too long. */
  readonly budget: 'queue' | 'stall';
  /** Sessions, or ms. */
  readonly limit: number;
  readonly waiters: number;
  readonly heldUpMs: number;
  /** Whether we stood in the queue ourselves; if not, the statement held its locks. */
  readonly weWait: boolean;
}

export interface Supervised {
  readonly maxWaiters: number;
  readonly cancelledBy: CancelledBy | null;
  readonly overdraft: Overdraft | null;
}

/** More waiters than this are not followed one by one: each costs the server a walk through its lock queue. */
const FOLLOWED_WAITERS = 1_000;

/**
 * Everybody may read pg_locks; pg_blocking_pids() also knows those who merely queue behind us. Who waits for one who
 * waits for us waits because of us as well, whatever the lock is.
 */
const QUEUE_SQL = `
WITH RECURSIVE waiting AS MATERIALIZED (
  SELECT DISTINCT pid FROM pg_catalog.pg_locks WHERE NOT granted AND pid IS NOT NULL LIMIT ${FOLLOWED_WAITERS}),
edge AS MATERIALIZED (
  SELECT w.pid, b.pid AS behind FROM waiting w, pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) AS b (pid)
  WHERE w.pid <> $1),
queue (pid) AS (
  SELECT pid FROM edge WHERE behind = $1
  UNION SELECT edge.pid FROM edge JOIN queue ON edge.behind = queue.pid)
SELECT (SELECT count(*) FROM queue)::int AS waiters, EXISTS (SELECT FROM waiting WHERE pid = $1) AS we_wait`;

/** How many sessions wait because of that one, and whether it waits itself. */
export async function lookAtQueue(
  connection: Connection,
  pid: number,
): Promise<{ readonly waiters: number; readonly weWait: boolean }> {
  const [row] = await connection.query<{ waiters: number; we_wait: boolean }>(QUEUE_SQL, [pid]);
  return { waiters: row?.waiters ?? 0, weWait: row?.we_wait === true };
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
  const { pid, firstLookMs, everyMs, budget, stop, onLook } = supervision;
  let seen: Supervised = { maxWaiters: 0, cancelledBy: null, overdraft: null };
  let lastClearAt = performance.now();
  await pauseUntil(firstLookMs, over);
  while (!over.aborted) {
    try {
      const askedAt = performance.now();
      const { waiters, weWait } = await lookAtQueue(connection, pid);
      if (waiters === 0) lastClearAt = askedAt;
      const queue = { waiters, heldUpMs: Math.round(performance.now() - lastClearAt), weWait };
      const overdraft = budget === null ? null : overdraftOf(queue, budget);
      const reason = overdraft !== null ? 'supervisor' : stop?.aborted ? 'stop' : null;
      seen = { ...seen, maxWaiters: Math.max(seen.maxWaiters, waiters) };
      if (reason !== null && !over.aborted) {
        if (seen.cancelledBy === null) seen = { ...seen, cancelledBy: reason, overdraft };
        await connection.query('SELECT pg_catalog.pg_cancel_backend($1)', [pid]);
      }
      if (!over.aborted) await onLook?.();
    } catch {
      // A supervisor that lost its sight must not decide anything; the next use of the session tells what happened.
      return seen;
    }
    await pauseUntil(everyMs, over);
  }
  return seen;
}

/**
 * What a queue has too much of. Nobody knows when the first of it came, only when it was last seen empty: the stall is
 * counted from there, so it is never taken for shorter than it is.
 */
export function overdraftOf(
  queue: { readonly waiters: number; readonly heldUpMs: number; readonly weWait: boolean },
  { maxQueued, maxStallMs }: QueueBudget,
): Overdraft | null {
  const { waiters, heldUpMs, weWait } = queue;
  if (waiters === 0) return null;
  const seen = { waiters, heldUpMs, weWait };
  if (maxQueued !== null && waiters > maxQueued) return { budget: 'queue', limit: maxQueued, ...seen };
  return heldUpMs > maxStallMs ? { budget: 'stall', limit: maxStallMs, ...seen } : null;
}

/** Sleeps, but no longer than until `over`. */
export async function pauseUntil(ms: number, over: AbortSignal): Promise<void> {
  if (over.aborted) return;
  await sleep(ms, undefined, { signal: over }).catch(() => undefined);
}
