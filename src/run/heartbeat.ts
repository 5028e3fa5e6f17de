import type { Connection } from '../db/connection.ts';
import { pauseUntil } from '../guard/supervise.ts';

export interface Heartbeat {
  stop(): Promise<void>;
}

/** A heartbeat that has no answer for so many times its own interval never gets one. */
const SILENT_INTERVALS = 3;

/**
 * Renews our claim from time to time, or asks for any sign of life. When that fails (the control session is gone, or another runner took over) the
 * worker session is cut, so that nothing is changed by a runner that no longer holds the lock. When nothing is heard at
 * all, not even a failure, both sessions are cut: on such a connection every other wait would be without end.
 */
export function startHeartbeat(
  heartbeat: () => Promise<void>,
  sessions: { readonly control: Connection; readonly worker: Connection },
  everyMs: number,
): Heartbeat {
  const over = new AbortController();
  const beating = beat(heartbeat, sessions, everyMs, over.signal);
  return {
    stop: async () => {
      over.abort();
      await beating;
    },
  };
}

async function beat(
  heartbeat: () => Promise<void>,
  { control, worker }: { readonly control: Connection; readonly worker: Connection },
  everyMs: number,
  over: AbortSignal,
): Promise<void> {
  for (;;) {
    await pauseUntil(everyMs, over);
    if (over.aborted) return;
    const answer = await answerTo(heartbeat(), everyMs, over);
    if (over.aborted) return;
    if (answer === 'fine') continue;
    // Why it failed shows at the next command, which finds its session cut.
    await Promise.all(answer === 'silence' ? [worker.close(), control.close()] : [worker.close()]);
    return;
  }
}

/** Counted interval by interval, so that a process that was itself asleep hears what came meanwhile before it judges. */
async function answerTo(
  heartbeat: Promise<void>,
  everyMs: number,
  over: AbortSignal,
): Promise<'fine' | 'failed' | 'silence'> {
  const answer = heartbeat.then(
    () => 'fine' as const,
    () => 'failed' as const,
  );
  for (let interval = 0; interval < SILENT_INTERVALS && !over.aborted; interval += 1) {
    const heard = await Promise.race([answer, pauseUntil(everyMs, over)]);
    if (heard !== undefined) return heard;
  }
  return 'silence';
}
