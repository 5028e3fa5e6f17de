import type { GuardMemory } from './guard-memory.ts';

/** A queue of a few is what any busy table has now and then. */
const FEWEST_QUEUED = 5;

/** So large a part of what comes in a budget may stand behind us. */
const PART_OF_TRAFFIC = 0.1;

/** A limit that a step has doubled so often is none; the stall budget holds all the same. */
const MOST_DOUBLINGS = 8;

/**
 * How many sessions may wait behind a strike: a tenth of what the table's traffic brings while it may wait, at least a
 * few. On a table whose clients all come back at once that is never enough, so it doubles with each strike that was
 * taken back for it; the stall budget bounds what that may cost. A number of the user's own never grows.
 */
export function queueLimit(given: number | null, guard: GuardMemory, budgetMs: number): number {
  if (given !== null) return given;
  const comes = ((guard.scansPerSecond ?? 0) * budgetMs) / 1000;
  const few = Math.max(FEWEST_QUEUED, Math.ceil(comes * PART_OF_TRAFFIC));
  return few * 2 ** Math.min(guard.queueCancels, MOST_DOUBLINGS);
}
