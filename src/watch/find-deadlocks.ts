import { conflictingModes, type LockMode } from '../model/lock-mode.ts';
import { peelWaiters } from './peel-waiters.ts';
import type { ContestedLock, WaitGraph } from './wait-graph.ts';

/**
 * The rings in which everybody waits for somebody of the ring: the strongly connected parts of the graph with more than
 * one owner.
 *
 * Edges are not drawn one by one, as ten thousand waiters of one row would have fifty million. A lock has a knot for
 * the holders of each mode, and a chain of knots for the waiters of each mode: who waits points at the knot of
 * everybody with that mode who is ahead. The work grows with the number of waiters alone.
 */
export function findDeadlocks(graph: WaitGraph): readonly (readonly number[])[] {
  const suspects = peelWaiters(graph);
  if (suspects.size === 0) return [];
  const edges = edgesOf(graph, suspects);
  return connectedParts(edges)
    .map((part) => part.filter((knot) => knot < graph.owners.length).sort((a, b) => a - b))
    .filter((part) => part.length > 1);
}

/** By knot; the first knots are the owners. Whoever is no suspect leads nowhere. */
function edgesOf(graph: WaitGraph, suspects: ReadonlySet<number>): readonly (readonly number[])[] {
  const ofOwners: number[][] = graph.owners.map(() => []);
  const edges: (readonly number[])[] = [...ofOwners];
  const addKnot = (targets: readonly number[]): number => edges.push(targets) - 1;
  for (const lock of graph.locks) {
    if (lock.queue.some(({ owner }) => suspects.has(owner))) addLock(lock, ofOwners, addKnot);
  }
  return edges;
}

function addLock(
  lock: ContestedLock,
  ofOwners: readonly number[][],
  addKnot: (targets: readonly number[]) => number,
): void {
  const owners = new Map<LockMode, number[]>();
  for (const { owner, mode } of lock.granted) {
    const known = owners.get(mode);
    if (known === undefined) owners.set(mode, [owner]);
    else known.push(owner);
  }
  const holders = new Map([...owners].map(([mode, all]) => [mode, addKnot(all)]));
  /** The knot of all waiters of a mode up to here. */
  const ahead = new Map<LockMode, number>();
  for (const { owner, mode } of lock.queue) {
    const own = ofOwners[owner] ?? [];
    for (const other of conflictingModes(mode)) {
      for (const knot of [holders.get(other), ahead.get(other)]) if (knot !== undefined) own.push(knot);
    }
    const before = ahead.get(mode);
    ahead.set(mode, addKnot(before === undefined ? [owner] : [owner, before]));
  }
}

/** Tarjan's algorithm, without recursion: a chain of waits may be longer than the stack of calls. */
function connectedParts(edges: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const found = new Int32Array(edges.length).fill(-1);
  const lowest = new Int32Array(edges.length);
  const isOpen = new Uint8Array(edges.length);
  const nextEdge = new Int32Array(edges.length);
  const open: number[] = [];
  const parts: number[][] = [];
  let count = 0;
  const enter = (knot: number, path: number[]): void => {
    found[knot] = lowest[knot] = count++;
    isOpen[knot] = 1;
    open.push(knot);
    path.push(knot);
  };
  const leave = (knot: number, path: readonly number[]): void => {
    const parent = path.at(-1);
    if (parent !== undefined) lowest[parent] = Math.min(at(lowest, parent), at(lowest, knot));
    if (lowest[knot] === found[knot]) parts.push(closePart(knot, open, isOpen));
  };
  for (let start = 0; start < edges.length; start += 1) {
    if (found[start] !== -1) continue;
    const path: number[] = [];
    enter(start, path);
    for (let knot = path.at(-1); knot !== undefined; knot = path.at(-1)) {
      const target = edges[knot]?.[at(nextEdge, knot)];
      nextEdge[knot] = at(nextEdge, knot) + 1;
      if (target === undefined) leave(path.pop() ?? knot, path);
      else if (found[target] === -1) enter(target, path);
      else if (isOpen[target] === 1) lowest[knot] = Math.min(at(lowest, knot), at(found, target));
    }
  }
  return parts;
}

function closePart(root: number, open: number[], isOpen: Uint8Array): number[] {
  const part: number[] = [];
  for (let knot = open.pop(); knot !== undefined; knot = open.pop()) {
    isOpen[knot] = 0;
    part.push(knot);
    if (knot === root) break;
  }
  return part;
}

function at(numbers: Int32Array, index: number): number {
  return numbers[index] ?? 0;
}
