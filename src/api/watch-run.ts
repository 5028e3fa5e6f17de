import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../db/connection.ts';
import type { DatabaseTarget } from '../db/database-target.ts';
import { describeDatabase } from '../db/describe-database.ts';
import { ConnectionError, DatabaseError } from '../model/error.ts';
import type { WatchState } from '../model/watch-state.ts';
import { lastRuns } from '../watch/read-run.ts';
import { Watcher, type WatchLook } from '../watch/watcher.ts';
import { explainDenied } from './explain-denied.ts';
import { connectToWatch, findWatchedRun } from './watched-run.ts';

export interface WatchOptions {
  readonly databaseUrl: DatabaseTarget;
  /** The id of a run, or null for the newest and those that follow on it. */
  readonly run: string | null;
  /** Between two looks. */
  readonly everyMs: number;
  /** Leaves at once; the run goes on. */
  readonly signal: AbortSignal;
  readonly onLook: (look: WatchLook) => void;
}

/** Another run of the same `apply` begins within this time, if there is one. */
const NEXT_RUN_WITHIN_MS = 1_000;
/** A runner that is killed right at the end leaves no last word. */
const LOOKS_FOR_LAST_WORD = 3;
const RECONNECT_FOR_MS = 30_000;
const RECONNECT_EVERY_MS = 1_000;

/**
 * Watches a run from the ledger and the lock tables alone, until it ends: it may run on another machine. Reads only.
 *
 * @returns the last state; null when it was left before it saw one.
 * @throws UsageError when there is no ledger, or no such run; ConnectionError when the server stays away;
 * PrivilegeError when the role may not read the ledger.
 */
export async function watchRun(options: WatchOptions): Promise<WatchState | null> {
  const watch = new Watch(options);
  try {
    return await watch.untilItEnds();
  } finally {
    await watch.close();
  }
}

class Watch {
  readonly #options: WatchOptions;
  readonly #left: Promise<null>;
  #connection: Connection | null = null;
  #last: WatchState | null = null;

  constructor(options: WatchOptions) {
    this.#options = options;
    const { signal } = options;
    this.#left = new Promise((resolve) => {
      if (signal.aborted) resolve(null);
      signal.addEventListener('abort', () => resolve(null), { once: true });
    });
  }

  async untilItEnds(): Promise<WatchState | null> {
    const { run, signal } = this.#options;
    this.#connection = await this.#unlessLeft(connectToWatch(this.#options.databaseUrl));
    if (this.#connection === null) return null;
    let current = await this.#unlessLeft(explainDenied(findWatchedRun(this.#connection, this.#options)));
    while (current !== null && !signal.aborted) {
      const isLive = await this.#follow(current);
      if (run !== null || !isLive || signal.aborted) break;
      current = await this.#nextRun(current);
    }
    return this.#last;
  }

  async close(): Promise<void> {
    await this.#connection?.close();
  }

  /** Looks until the run ends, or its runner turns out to be dead. Answers whether it was alive when we came. */
  async #follow(run: string): Promise<boolean> {
    const { signal, everyMs, onLook, databaseUrl } = this.#options;
    const watcher = new Watcher(run, describeDatabase(databaseUrl));
    let looks = 0;
    let timesGone = 0;
    while (!signal.aborted) {
      const look = await this.#unlessLeft(this.#look(watcher));
      if (look !== null) {
        looks += 1;
        this.#last = look.state;
        onLook(look);
        if (look.state.runner.state === 'ended' && (hasLastWord(look.state) || looks > LOOKS_FOR_LAST_WORD))
          return looks > 1;
        // Seen twice: between the end of a run and our next reading its lock is free for a moment.
        timesGone = look.state.runner.state === 'gone' ? timesGone + 1 : 0;
        if (timesGone === 2) return false;
      }
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
    return false;
  }

  /** null when this look did not come through; the next one may. */
  async #look(watcher: Watcher): Promise<WatchLook | null> {
    this.#connection ??= await this.#reconnect();
    if (this.#connection === null) return null;
    try {
      return await explainDenied(watcher.look(this.#connection));
    } catch (error) {
      if (error instanceof ConnectionError) {
        await this.#connection.close();
        this.#connection = null;
        return null;
      }
      if (error instanceof DatabaseError && error.recovery === 'retry') return null;
      throw error;
    }
  }

  async #reconnect(): Promise<Connection | null> {
    const startedAt = performance.now();
    for (;;) {
      try {
        return await connectToWatch(this.#options.databaseUrl);
      } catch (error) {
        if (this.#options.signal.aborted) return null;
        if (performance.now() - startedAt > RECONNECT_FOR_MS) throw error;
        await sleep(RECONNECT_EVERY_MS);
      }
    }
  }

  /** `apply` takes up what was left first, and begins another run for the rest. */
  async #nextRun(before: string): Promise<string | null> {
    const { signal, everyMs } = this.#options;
    const startedAt = performance.now();
    while (!signal.aborted && performance.now() - startedAt < NEXT_RUN_WITHIN_MS && this.#connection !== null) {
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
      const [newest] = (await this.#unlessLeft(lastRuns(this.#connection, 1))) ?? [];
      if (newest !== undefined && newest !== before) return newest;
    }
    return null;
  }

  /** A query under way must not keep somebody who wants to leave. */
  async #unlessLeft<T>(work: Promise<T>): Promise<T | null> {
    work.catch(() => undefined);
    return Promise.race([work, this.#left]);
  }
}

/** The ledger has the outcome of a run a moment before the event that tells it. */
function hasLastWord({ events }: WatchState): boolean {
  return events.at(-1)?.type === 'run:end';
}
