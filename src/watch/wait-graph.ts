import { conflictingModes, type LockMode } from '../model/lock-mode.ts';
import type { LockedThing } from '../model/wait-forest.ts';
import type { LockSample, SampledLock, SampledSession } from './lock-sample.ts';
import { queueOrder } from './wait-queue.ts';

/**
 * Who waits for whom, without an edge for every pair: thousands who wait for one lock share its holders and its queue.
 * Owners are numbers: a session together with its parallel workers.
 */
export interface WaitGraph {
  readonly owners: readonly Owner[];
  readonly locks: readonly ContestedLock[];
  /** The requests of each owner, by its number; nearly always one or none. */
  readonly waitsOf: readonly (readonly Wait[])[];
}

export interface Owner {
  /** null when the session ended between the two readings. */
  readonly session: SampledSession | null;
  /** Of the session, and of its workers. */
  readonly isRun: boolean;
}

/** A lock that somebody waits for. */
export interface ContestedLock {
  readonly thing: LockedThing;
  /** Owners that have it, by mode. */
  readonly granted: ReadonlyMap<LockMode, readonly number[]>;
  readonly queue: readonly Wait[];
}

export interface Wait {
  readonly owner: number;
  readonly mode: LockMode;
  readonly waitedMs: number;
  readonly on: string;
  readonly lock: ContestedLock;
  /** Of `lock.queue`. */
  readonly place: number;
}

/** Builds the graph of one sample. */
export function waitGraph(sample: LockSample): WaitGraph {
  const register = new OwnerRegister(sample.sessions);
  const byTag = new Map<string, { readonly same: SampledLock[]; isWanted: boolean }>();
  for (const lock of sample.locks) {
    let known = byTag.get(lock.tag);
    if (known === undefined) {
      known = { same: [], isWanted: false };
      byTag.set(lock.tag, known);
    }
    known.same.push(lock);
    if (!lock.granted) known.isWanted = true;
  }
  const locks: ContestedLock[] = [];
  for (const { same, isWanted } of byTag.values()) if (isWanted) locks.push(contestedLock(same, register));
  const waitsOf: Wait[][] = register.owners.map(() => []);
  for (const { queue } of locks) for (const wait of queue) waitsOf[wait.owner]?.push(wait);
  return { owners: register.owners, locks, waitsOf };
}

/** Everybody that an owner has to wait for: who holds a conflicting lock, and who asked for one before. */
export function blockersOf(graph: WaitGraph, owner: number): ReadonlySet<number> {
  const blockers = new Set<number>();
  for (const wait of graph.waitsOf[owner] ?? []) {
    const conflicts = conflictingModes(wait.mode);
    for (const mode of conflicts) for (const holder of wait.lock.granted.get(mode) ?? []) blockers.add(holder);
    for (const ahead of wait.lock.queue.slice(0, wait.place)) {
      if (conflicts.includes(ahead.mode)) blockers.add(ahead.owner);
    }
  }
  blockers.delete(owner);
  return blockers;
}

function contestedLock(same: readonly SampledLock[], register: OwnerRegister): ContestedLock {
  const granted = new Map<LockMode, number[]>();
  const requests: Placed[] = [];
  const lock = { thing: same[0]?.thing ?? 'other', granted, queue: requests as readonly Wait[] };
  for (const { session, mode, waitedMs, on, granted: isHeld } of same) {
    const owner = register.ownerOf(session);
    if (!isHeld) {
      requests.push({ owner, mode, waitedMs, on, lock, place: 0 });
      continue;
    }
    const holders = granted.get(mode);
    if (holders === undefined) granted.set(mode, [owner]);
    else holders.push(owner);
  }
  const queue = queueOrder(requests, granted);
  for (const [place, request] of queue.entries()) request.place = place;
  lock.queue = queue;
  return lock;
}

/** A request whose place is found once all are known. */
interface Placed extends Wait {
  place: number;
}

interface Registered {
  readonly session: SampledSession | null;
  number: number;
}

/** Gives every session its number, and a parallel worker that of its leader. */
class OwnerRegister {
  readonly owners: Owner[] = [];
  readonly #known: Map<string, Registered>;

  constructor(sessions: readonly SampledSession[]) {
    this.#known = new Map();
    for (const session of sessions) this.#known.set(session.id, { session, number: -1 });
  }

  /** @param worker stands for a leader that holds and wants nothing itself. */
  ownerOf(id: string, worker: SampledSession | null = null): number {
    const known = this.#known.get(id);
    const own = known?.session ?? null;
    if (worker === null && own !== null && own.leader !== null) return this.ownerOf(own.leader, own);
    if (known !== undefined && known.number !== -1) return known.number;
    const session = own ?? worker;
    const number = this.owners.push({ session, isRun: session?.isRun === true }) - 1;
    this.#known.set(id, { session, number });
    return number;
  }
}
