import type { ContestedLock, Wait, WaitGraph } from './wait-graph.ts';

/**
 * Those of whom only a closer look can tell that they are in no ring. Whoever waits for nobody lets others go sooner or
 * later, they let go others in turn, and so on from the tops of the trees down: all of them are taken away. What is left
 * is in a ring or behind one, or is a session with workers in several queues. Nearly always nobody is left, and finding
 * that out costs one visit to each lock and each waiter, however long a chain is.
 */
export function peelWaiters(graph: WaitGraph): ReadonlySet<number> {
  const peel = startPeel(graph);
  for (let number = peel.ready.pop(); number !== undefined; number = peel.ready.pop()) {
    const lock = graph.locks[number];
    if (lock !== undefined) serve(lock, graph, peel);
  }
  const left = new Set<number>();
  for (const [owner, waits] of peel.open.entries()) if (waits > 0) left.add(owner);
  return left;
}

interface Peel {
  /** How many of an owner's requests are not served yet. */
  readonly open: Int32Array;
  /** How many who wait themselves have a lock, by its number; somebody who has it in two modes counts twice. */
  readonly inTheWay: Int32Array;
  /** How many of a lock's queue were served. */
  readonly served: Int32Array;
  /** The contested locks that somebody who waits has already. */
  readonly holds: ReadonlyMap<number, readonly number[]>;
  /** Locks that nobody is in the way of any more. */
  readonly ready: number[];
}

function startPeel({ locks, waitsOf }: WaitGraph): Peel {
  const open = Int32Array.from(waitsOf, ({ length }) => length);
  const inTheWay = new Int32Array(locks.length);
  const holds = new Map<number, number[]>();
  const ready: number[] = [];
  for (const { number, granted } of locks) {
    for (const { owner } of granted) {
      if (open[owner] === 0) continue;
      inTheWay[number] = at(inTheWay, number) + 1;
      const known = holds.get(owner);
      if (known === undefined) holds.set(owner, [number]);
      else known.push(number);
    }
    if (inTheWay[number] === 0) ready.push(number);
  }
  return { open, inTheWay, served: new Int32Array(locks.length), holds, ready };
}

/** Serves the queue up to the first who waits for something else as well; from him on once he is let go there. */
function serve({ number, queue }: ContestedLock, { waitsOf }: WaitGraph, peel: Peel): void {
  const last = queue[at(peel.served, number) - 1];
  if (last !== undefined && peel.open[last.owner] !== 0) return;
  for (let place = at(peel.served, number); place < queue.length; place += 1) {
    const wait = queue[place] as Wait;
    peel.served[number] = place + 1;
    const open = at(peel.open, wait.owner) - 1;
    peel.open[wait.owner] = open;
    if (open > 0) return;
    letGo(wait, waitsOf[wait.owner] ?? [], peel);
  }
}

function letGo({ owner, lock }: Wait, waits: readonly Wait[], peel: Peel): void {
  for (const held of peel.holds.get(owner) ?? []) {
    const inTheWay = at(peel.inTheWay, held) - 1;
    peel.inTheWay[held] = inTheWay;
    if (inTheWay === 0) peel.ready.push(held);
  }
  // Whoever stood behind him in another queue may go on now.
  for (const { lock: other } of waits) {
    if (other !== lock && peel.inTheWay[other.number] === 0) peel.ready.push(other.number);
  }
}

function at(numbers: Int32Array, index: number): number {
  return numbers[index] ?? 0;
}
