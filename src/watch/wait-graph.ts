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
  /** Its place among {@link WaitGraph.locks}. */
  readonly number: number;
  readonly thing: LockedThing;
  /** Owners that have it; one may have it in several modes. */
  readonly granted: readonly Holding[];
  readonly queue: readonly Wait[];
}

export interface Holding {
  readonly owner: number;
  readonly mode: LockMode;
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
  const wanted = new Map<string, SampledLock[]>();
  for (const lock of sample.locks) if (!lock.granted && !wanted.has(lock.tag)) wanted.set(lock.tag, []);
  for (const lock of sample.locks) wanted.get(lock.tag)?.push(lock);
  const locks: ContestedLock[] = [];
  for (const same of wanted.values()) locks.push(contestedLock(locks.length, same, register));
  const waitsOf: Wait[][] = register.owners.map(() => []);
  for (const { queue } of locks) for (const wait of queue) waitsOf[wait.owner]?.push(wait);
  return { owners: register.owners, locks, waitsOf };
}

/** Everybody that an owner has to wait for: who holds a conflicting lock, and who asked for one before. */
export function blockersOf(graph: WaitGraph, owner: number): ReadonlySet<number> {
  const blockers = new Set<number>();
  for (const wait of graph.waitsOf[owner] ?? []) {
    const conflicts = conflictingModes(wait.mode);
    for (const { owner: holder, mode } of wait.lock.granted) if (conflicts.includes(mode)) blockers.add(holder);
    for (const ahead of wait.lock.queue.slice(0, wait.place)) {
      if (conflicts.includes(ahead.mode)) blockers.add(ahead.owner);
    }
  }
  blockers.delete(owner);
  return blockers;
}

function contestedLock(number: number, same: readonly SampledLock[], register: OwnerRegister): ContestedLock {
  const granted: Holding[] = [];
  const requests: Placed[] = [];
  const lock = { number, thing: same[0]?.thing ?? 'other', granted, queue: requests as readonly Wait[] };
  for (const { session, mode, waitedMs, on, granted: isHeld } of same) {
    const owner = register.ownerOf(session);
    if (isHeld) granted.push({ owner, mode });
    else requests.push({ owner, mode, waitedMs, on, lock, place: 0 });
  }
  const queue = queueOrder(requests, granted);
  for (let place = 0; place < queue.length; place += 1) (queue[place] as Placed).place = place;
  lock.queue = queue;
  return lock;
}

/** A request whose place is found once all are known. */
interface Placed extends Wait {
  place: number;
}

interface Registered {
  session: SampledSession | null;
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
    if (known === undefined) this.#known.set(id, { session, number });
    else Object.assign(known, { session, number });
    return number;
  }
}
