import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseTarget } from '../db/database-target.ts';
import { describeDatabase } from '../db/describe-database.ts';
import type { WatchState } from '../model/watch-state.ts';
import { type ReplayedLook, replayRun } from '../watch/replay-run.ts';
import type { WatchLook } from '../watch/watcher.ts';
import { explainDenied } from './explain-denied.ts';
import { connectToWatch, findWatchedRun } from './watched-run.ts';

export interface ReplayOptions {
  readonly databaseUrl: DatabaseTarget;
  /** The id of a run, or null for the newest. */
  readonly run: string | null;
  /** Time between two events that is longer is shortened to this; 0 tells all at once. */
  readonly pauseAtMostMs: number;
  /** Leaves at once. */
  readonly signal: AbortSignal;
  readonly onLook: (look: WatchLook) => void;
}

/**
 * Tells a run once more, from what the ledger keeps of it: on any machine, long after it. Reads only, and holds no
 * connection while it tells.
 *
 * @returns the last state; null when it was left before the first.
 * @throws UsageError when there is no ledger, or no such run; PrivilegeError when the role may not read the ledger.
 */
export async function replayWatchedRun(options: ReplayOptions): Promise<WatchState | null> {
  const { pauseAtMostMs, signal, onLook } = options;
  let last: WatchState | null = null;
  for (const { state, newEvents, afterMs } of await readLooks(options)) {
    const pauseMs = last === null ? 0 : Math.min(afterMs, pauseAtMostMs);
    if (pauseMs > 0) await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return last;
    last = state;
    onLook({ state, newEvents });
  }
  return last;
}

async function readLooks({ databaseUrl, run }: ReplayOptions): Promise<readonly ReplayedLook[]> {
  const connection = await connectToWatch(databaseUrl);
  try {
    const found = await explainDenied(findWatchedRun(connection, { databaseUrl, run }));
    return await explainDenied(replayRun(connection, found, describeDatabase(databaseUrl)));
  } finally {
    await connection.close();
  }
}
