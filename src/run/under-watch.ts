import { pauseUntil } from '../guard/supervise.ts';
import type { Alarm } from '../model/alarm.ts';
import type { RunInputDetail } from './state.ts';
import type { Workroom } from './workroom.ts';

/**
 * Does work that may last while the server's vital signs are watched, and takes it back when one of them gets worse
 * than it may be. Work is not begun while one is.
 *
 * @param work gets a room whose signal to stop also speaks when a sign does.
 */
export async function underWatch(
  room: Workroom,
  work: (watched: Workroom) => Promise<RunInputDetail>,
): Promise<RunInputDetail> {
  const raised = await room.vitals.look();
  if (raised !== null) return refusedBy(raised);
  const over = new AbortController();
  const alarm = new AbortController();
  const watching = watch(room, over.signal).then((seen) => {
    if (seen !== null) alarm.abort();
    return seen;
  });
  let input: RunInputDetail;
  try {
    input = await work({ ...room, signal: AbortSignal.any([room.signal, alarm.signal]), alarm: alarm.signal });
  } finally {
    over.abort();
  }
  const seen = await watching;
  if (seen === null || room.signal.aborted) return input;
  if (input.kind !== 'sql-failed' || input.failure.cancelledBy !== 'stop') return input;
  return { ...input, failure: { ...input.failure, cancelledBy: 'alarm', alarm: seen } };
}

async function watch(room: Workroom, over: AbortSignal): Promise<Alarm | null> {
  for (;;) {
    await pauseUntil(room.limits.vitals.everyMs, over);
    if (over.aborted) return null;
    const alarm = await room.vitals.look();
    if (alarm !== null) return alarm;
  }
}

/** As if it had been cancelled at once. */
export function refusedBy(alarm: Alarm): RunInputDetail {
  const nothing = { sqlstate: null, message: 'not begun', detail: null, overdraft: null, elapsedMs: 0, waiters: 0 };
  return { kind: 'sql-failed', failure: { ...nothing, cancelledBy: 'alarm', alarm } };
}

/** Waits until no sign is worse than it may be, `ms` at the longest; a request to stop ends the wait. */
export async function waitForCalm(room: Workroom, ms: number): Promise<{ readonly calm: boolean }> {
  const until = performance.now() + ms;
  for (;;) {
    if (room.signal.aborted) return { calm: false };
    if ((await room.vitals.look()) === null) return { calm: true };
    const leftMs = until - performance.now();
    if (leftMs <= 0) return { calm: false };
    await pauseUntil(Math.min(leftMs, room.limits.vitals.everyMs), room.signal);
  }
}
