import { conflictingModes, type LockMode } from '../model/lock-mode.ts';
import type { ContestedLock, Owner, Wait, WaitGraph } from './wait-graph.ts';

interface Blame {
  readonly blocker: number;
  readonly behind: 'holder' | 'queue';
}

/** What somebody waits for, and the one of his blockers below which he is shown. */
export interface BlamedWait {
  readonly wait: Wait;
  /** null when whoever it was has just left. */
  readonly blocker: number | null;
  readonly behind: 'holder' | 'queue';
}

interface Candidates {
  /** Who holds it in a mode that conflicts, the one to blame first; two, as nobody waits for himself. */
  readonly holders: readonly number[];
  /** The first in the queue whose request conflicts. */
  readonly queued: readonly Wait[];
}

/**
 * Finds for everybody who waits the one to blame: somebody who holds a conflicting lock (the run first, else the
 * longest transaction); only where nobody does, the first in the queue whose request conflicts. So whoever is below a
 * waiting run would not wait without it.
 */
export function makeBlame(graph: WaitGraph): (owner: number) => BlamedWait | null {
  // The same for thousands of waiters.
  const known = new Map<ContestedLock, Map<LockMode, Candidates>>();
  const candidatesFor = ({ lock, mode }: Wait): Candidates => {
    if (lock.queue.length === 1) return findCandidates(graph.owners, lock, mode);
    let modes = known.get(lock);
    if (modes === undefined) {
      modes = new Map();
      known.set(lock, modes);
    }
    let candidates = modes.get(mode);
    if (candidates === undefined) {
      candidates = findCandidates(graph.owners, lock, mode);
      modes.set(mode, candidates);
    }
    return candidates;
  };
  const blameFor = (wait: Wait): Blame | null => {
    const { holders, queued } = candidatesFor(wait);
    const holder = holders.find((owner) => owner !== wait.owner);
    if (holder !== undefined) return { blocker: holder, behind: 'holder' };
    const ahead = queued.find(({ owner, place }) => owner !== wait.owner && place < wait.place);
    return ahead === undefined ? null : { blocker: ahead.owner, behind: 'queue' };
  };
  return (owner) => {
    const waits = graph.waitsOf[owner] ?? NO_WAITS;
    for (const wait of waits) {
      const blame = blameFor(wait);
      if (blame !== null) return { wait, ...blame };
    }
    const [first] = waits;
    return first === undefined ? null : { wait: first, blocker: null, behind: 'holder' };
  };
}

const NO_WAITS: readonly Wait[] = [];

function findCandidates(owners: readonly Owner[], lock: ContestedLock, mode: LockMode): Candidates {
  const conflicts = conflictingModes(mode);
  const holders = new Set<number>();
  for (const { owner, mode: held } of lock.granted) if (conflicts.includes(held)) holders.add(owner);
  const queued: Wait[] = [];
  for (const wait of lock.queue) {
    if (!conflicts.includes(wait.mode) || queued.some(({ owner }) => owner === wait.owner)) continue;
    if (queued.push(wait) === 2) break;
  }
  if (holders.size <= 1) return { holders: [...holders], queued };
  return { holders: [...holders].sort((a, b) => weight(owners[b]) - weight(owners[a]) || a - b).slice(0, 2), queued };
}

function weight(owner: Owner | undefined): number {
  return owner?.isRun === true ? Number.POSITIVE_INFINITY : (owner?.session?.transactionMs ?? 0);
}
