import type { Exposure, RunEvent } from '../model/run-event.ts';

/** The exposure of a run by its events up to here; at its end, what the run itself says. */
export function exposureSoFar(events: readonly RunEvent[], maxWaitersSeen: number): Exposure {
  let heldMs = 0;
  let waitedInQueueMs = 0;
  let strikes = 0;
  let signalsSent = 0;
  for (const event of events) {
    if (event.type === 'run:end') {
      return { ...event.exposure, maxWaitersSeen: Math.max(event.exposure.maxWaitersSeen, maxWaitersSeen) };
    }
    if (event.type === 'lock:timeout') {
      waitedInQueueMs += event.budgetMs;
      strikes += 1;
    } else if (event.type === 'strike:cancelled') {
      if (event.weWaited) waitedInQueueMs += event.heldUpMs;
      else heldMs += event.heldUpMs;
      strikes += 1;
    } else if (event.type === 'step:done' && event.heldMs !== null) {
      heldMs += event.heldMs;
      strikes += 1;
    } else if (event.type === 'blocker:signal') {
      signalsSent += 1;
    }
  }
  return { heldMs, waitedInQueueMs, strikes, maxWaitersSeen, signalsSent };
}
