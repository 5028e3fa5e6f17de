import { setTimeout as sleep } from 'node:timers/promises';

/** Something that stands in the way of a migration while it lasts. */
export interface Obstacle {
  /** When it was out of the way, ms since 1970. */
  readonly ended: Promise<number>;
  /** The first error that its own work met, null while there is none: whoever migrates should hurt nobody. */
  readonly hurt: string | null;
  /**
   * Hangs up early; an obstacle that is over already is not harmed. The server may go on with the statement at hand until
   * its database is dropped.
   */
  cancel(): Promise<void>;
}

export interface ObstacleWork {
  readonly lastsMs: number;
  /** Stands in the way until it is over. `over` aborts after `lastsMs`, and when the obstacle is cancelled. */
  readonly work: (over: AbortSignal) => Promise<unknown>;
  /** Closes its sessions; what is under way in them may fail then. */
  readonly close: () => Promise<unknown>;
}

/** Begins the work and ends it in time. */
export function beginObstacle({ lastsMs, work, close }: ObstacleWork): Obstacle {
  const over = new AbortController();
  let cancelled = false;
  let hurt: string | null = null;
  const timer = setTimeout(() => over.abort(), lastsMs);
  const ended = work(over.signal)
    .catch((error: unknown) => {
      if (!cancelled) hurt = error instanceof Error ? error.message : String(error);
    })
    .then(async () => {
      clearTimeout(timer);
      const endedAtMs = Date.now();
      await close();
      return endedAtMs;
    });
  return {
    ended,
    get hurt() {
      return hurt;
    },
    cancel: async () => {
      cancelled = true;
      over.abort();
      await close();
      await ended;
    },
  };
}

/** Waits, but not beyond the moment at which `over` aborts. */
export async function rest(ms: number, over: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: over }).catch(() => undefined);
}
