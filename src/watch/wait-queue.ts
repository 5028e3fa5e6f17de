import { conflictingModes, type LockMode } from '../model/lock-mode.ts';

/** A request in the queue of one lock. */
export interface Queued {
  /** A number for everybody whose locks never conflict with each other: a session with its parallel workers. */
  readonly owner: number;
  readonly mode: LockMode;
  readonly waitedMs: number;
}

/**
 * The requests in the order in which the server will serve them: who came first, except that somebody who holds this
 * lock already in a mode that a waiting request conflicts with goes in front of that request, which has to wait for him
 * anyway (ProcSleep in the server's proc.c).
 *
 * @param granted the owners that have the lock already.
 */
export function queueOrder<Request extends Queued>(
  requests: readonly Request[],
  granted: readonly Pick<Queued, 'owner' | 'mode'>[],
): readonly Request[] {
  if (requests.length === 1) return requests;
  const byTime = requests.toSorted((a, b) => b.waitedMs - a.waitedMs);
  const holders = new Set(granted.map(({ owner }) => owner));
  if (!byTime.some(({ owner }) => holders.has(owner))) return byTime;
  const queue: Request[] = [];
  for (const request of byTime) {
    const { owner } = request;
    const own = holders.has(owner) ? granted.filter((one) => one.owner === owner).map(({ mode }) => mode) : [];
    const at = own.length === 0 ? -1 : queue.findIndex((ahead) => waitsFor(ahead, owner, own));
    if (at === -1) queue.push(request);
    else queue.splice(at, 0, request);
  }
  return queue;
}

function waitsFor(ahead: Queued, owner: number, modes: readonly LockMode[]): boolean {
  return ahead.owner !== owner && modes.some((mode) => conflictingModes(ahead.mode).includes(mode));
}
