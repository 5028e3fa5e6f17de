import { compareLockModes, conflictingModes, type LockMode } from '../model/lock-mode.ts';
import type { BehindRun, RunWaits, WaitForest, WaitingSession, WaitNode } from '../model/wait-forest.ts';
import { makeBlame } from './choose-blocker.ts';
import { findDeadlocks } from './find-deadlocks.ts';
import type { LockSample } from './lock-sample.ts';
import { blockersOf, type Wait, type WaitGraph, waitGraph } from './wait-graph.ts';

const SHOWN_PIDS = 5;
/** A chain of row locks may have thousands of links; whoever reads it has seen enough by then. */
const DEEPEST = 40;
/** Of thousands who are all of different kinds, nobody reads more. */
const MOST_CHILDREN = 200;

const UNKNOWN: WaitingSession = {
  user: null,
  applicationName: null,
  state: null,
  transactionMs: null,
  isAutovacuum: false,
  query: null,
};

/** The trees of a sample: everybody who waits once, below the one whom he waits for, those who are alike as one. */
export function waitForest(sample: LockSample): WaitForest {
  const graph = waitGraph(sample);
  const deadlocks = findDeadlocks(graph);
  const plot = plotTrees(graph, new Set(deadlocks.flat()));
  const pidsOf = (owners: readonly number[]): (number | null)[] =>
    owners.map((owner) => graph.owners[owner]?.session?.pid ?? null);
  return {
    roots: nodesOf(plot, plot.roots, 0),
    waiters: graph.waitsOf.reduce((total, { length }) => total + Math.min(1, length), 0),
    deadlocks: deadlocks.map((ring) => pidsOf(ring.slice(0, SHOWN_PIDS))),
    behindRun: behindRun(plot, deadlocks),
    runWaits: runWaits(graph),
  };
}

interface Place {
  readonly owner: number;
  readonly isRun: boolean;
  readonly isInDeadlock: boolean;
  readonly who: WaitingSession;
  readonly wait: Wait | null;
  readonly behind: 'holder' | 'queue';
  readonly children: Place[];
  below: number;
  longestBelowMs: number;
  isBehindRun: boolean;
  /** Those who are alike, with all below them, have the same number; -1 while nobody had to know. */
  kind: number;
}

interface Plot {
  readonly graph: WaitGraph;
  readonly roots: readonly Place[];
  /** Everybody, parents before their children. */
  readonly order: readonly Place[];
  readonly kinds: Map<string, number>;
  readonly sessions: SessionKinds;
}

function plotTrees(graph: WaitGraph, inDeadlock: ReadonlySet<number>): Plot {
  const blameOf = makeBlame(graph);
  const roots: Place[] = [];
  const blockers: (number | null)[] = [];
  const places = graph.owners.map(({ session, isRun }, owner): Place => {
    const found = blameOf(owner);
    // A ring has no top: each of its sessions has a tree of its own.
    const isInDeadlock = inDeadlock.has(owner);
    blockers.push(isInDeadlock ? null : (found?.blocker ?? null));
    return {
      owner,
      isRun,
      isInDeadlock,
      who: session ?? UNKNOWN,
      wait: found?.wait ?? null,
      behind: found?.behind ?? 'holder',
      children: [],
      below: 0,
      longestBelowMs: 0,
      isBehindRun: false,
      kind: -1,
    };
  });
  for (const place of places) {
    const blocker = blockers[place.owner] ?? null;
    if (blocker !== null) places[blocker]?.children.push(place);
  }
  for (const place of places) {
    const isTop = blockers[place.owner] === null;
    if (isTop && (place.wait !== null || place.children.length > 0)) roots.push(place);
  }
  const order = [...roots];
  for (const place of order) for (const child of place.children) order.push(child);
  for (let at = order.length - 1; at >= 0; at -= 1) addBelow(order[at]);
  return { graph, roots, order, kinds: new Map(), sessions: new SessionKinds() };
}

function addBelow(place: Place | undefined): void {
  if (place === undefined) return;
  for (const child of place.children) {
    place.below += 1 + child.below;
    place.longestBelowMs = Math.max(place.longestBelowMs, child.longestBelowMs, child.wait?.waitedMs ?? 0);
  }
}

/** Says of each of these siblings, and of everybody below, from the leaves up, of which kind he is. */
function nameKinds(siblings: readonly Place[], { kinds, sessions }: Plot): void {
  const order = [...siblings];
  for (const place of order) for (const child of place.children) order.push(child);
  const leaves: Place[] = [];
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const place = order[at];
    if (place === undefined || place.kind !== -1) continue;
    const isLeaf = place.children.length === 0;
    // Thousands of leaves are of a few kinds mostly, so they are compared before anything is written down.
    const known = isLeaf ? leaves.find((leaf) => isAlike(leaf, place)) : undefined;
    place.kind = known?.kind ?? numberOf(kindOf(place, sessions), kinds);
    if (isLeaf && known === undefined && leaves.length < MOST_KINDS) leaves.push(place);
  }
}

const MOST_KINDS = 8;

/** Numbers those sessions alike that look alike; whoever looks like one of the last few is compared with them alone. */
class SessionKinds {
  readonly #numbers = new Map<string, number>();
  readonly #last: { readonly who: WaitingSession; readonly number: number }[] = [];

  of(who: WaitingSession): number {
    const known = this.#last.find((last) => looksLike(last.who, who));
    if (known !== undefined) return known.number;
    const number = numberOf(`${who.user}\0${who.applicationName}\0${who.state}\0${who.query}`, this.#numbers);
    if (this.#last.length < MOST_KINDS) this.#last.push({ who, number });
    return number;
  }
}

function numberOf(key: string, numbers: Map<string, number>): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}

function isAlike(a: Place, b: Place): boolean {
  return (
    a.wait?.mode === b.wait?.mode &&
    a.wait?.on === b.wait?.on &&
    a.behind === b.behind &&
    looksLike(a.who, b.who) &&
    a.isInDeadlock === b.isInDeadlock &&
    !a.isRun &&
    !b.isRun
  );
}

function looksLike(one: WaitingSession, other: WaitingSession): boolean {
  return (
    one.query === other.query &&
    one.applicationName === other.applicationName &&
    one.state === other.state &&
    one.user === other.user
  );
}

function kindOf({ who, wait, children, owner, isRun, isInDeadlock, behind }: Place, sessions: SessionKinds): string {
  const below = children.length === 0 ? '' : kindsOf(children);
  // The run is always told apart from others.
  const own = isRun ? `run ${owner}` : sessions.of(who);
  const waits = wait === null ? '' : `${wait.mode}\0${wait.on}\0${behind}`;
  return `${own}\0${waits}\0${isInDeadlock}\0${below}`;
}

function kindsOf(children: readonly Place[]): string {
  if (children.length === 1) return String(children[0]?.kind);
  const kinds = new Set(children.map(({ kind }) => kind));
  return [...kinds].sort((a, b) => a - b).join(' ');
}

function nodesOf(plot: Plot, places: readonly Place[], depth: number): readonly WaitNode[] {
  const groups = groupsOf(plot, places);
  const shown =
    depth === 0 || groups.length <= MOST_CHILDREN
      ? groups
      : groups.toSorted((a, b) => weightOf(b) - weightOf(a)).slice(0, MOST_CHILDREN);
  return shown
    .map((group) => nodeOf(plot, group, depth))
    .sort((a, b) => Number(b.isRun) - Number(a.isRun) || b.count + b.behind - (a.count + a.behind));
}

/** Those who are alike, together. Whoever is alone is like nobody, whatever is below him. */
function groupsOf(plot: Plot, places: readonly Place[]): readonly (readonly Place[])[] {
  if (places.length <= 1) return places.length === 0 ? [] : [places];
  nameKinds(places, plot);
  const groups = new Map<number, Place[]>();
  for (const place of places) {
    const group = groups.get(place.kind);
    if (group === undefined) groups.set(place.kind, [place]);
    else group.push(place);
  }
  return [...groups.values()];
}

function weightOf(group: readonly Place[]): number {
  let weight = 0;
  for (const { below, isRun } of group) weight += isRun ? Number.POSITIVE_INFINITY : 1 + below;
  return weight;
}

function nodeOf(plot: Plot, group: readonly Place[], depth: number): WaitNode {
  const [first] = group as [Place];
  const children = group.length === 1 ? first.children : group.flatMap((place) => place.children);
  return {
    count: group.length,
    pids: group.slice(0, SHOWN_PIDS).map((place) => plot.graph.owners[place.owner]?.session?.pid ?? null),
    isRun: first.isRun,
    isInDeadlock: first.isInDeadlock,
    who: { ...whoOf(first.who), transactionMs: longestTransaction(group) },
    waits:
      first.wait === null
        ? null
        : {
            mode: first.wait.mode,
            thing: first.wait.lock.thing,
            on: first.wait.on,
            behind: first.behind,
            longestMs: group.reduce((longest, { wait }) => Math.max(longest, wait?.waitedMs ?? 0), 0),
          },
    holds: heldBy(first),
    behind: group.reduce((total, { below }) => total + below, 0),
    longestBehindMs: group.reduce((longest, { longestBelowMs }) => Math.max(longest, longestBelowMs), 0),
    children: depth === DEEPEST ? [] : nodesOf(plot, children, depth + 1),
  };
}

function longestTransaction(group: readonly Place[]): number | null {
  return group.reduce<number | null>((longest, { who }) => {
    if (who.transactionMs === null) return longest;
    return longest === null ? who.transactionMs : Math.max(longest, who.transactionMs);
  }, null);
}

/** The strongest of the locks of `place` that the first child behind a holder waits for. */
function heldBy(place: Place): WaitNode['holds'] {
  const wait = place.children.find((child) => child.behind === 'holder' && child.wait !== null)?.wait;
  if (wait === undefined || wait === null) return null;
  const conflicts = conflictingModes(wait.mode);
  let strongest: LockMode | null = null;
  for (const { owner, mode } of wait.lock.granted) {
    if (owner !== place.owner || !conflicts.includes(mode)) continue;
    if (strongest === null || compareLockModes(mode, strongest) > 0) strongest = mode;
  }
  return strongest === null ? null : { mode: strongest, thing: wait.lock.thing, on: wait.on };
}

/** Everybody below a session of the run, and in a ring with one. */
function behindRun({ order, graph }: Plot, deadlocks: readonly (readonly number[])[]): BehindRun {
  const isOurs = (owner: number): boolean => graph.owners[owner]?.isRun === true;
  const ringed = new Set(deadlocks.filter((ring) => ring.some(isOurs)).flat());
  const counts = new Map<string, number>();
  let sessions = 0;
  let longestMs = 0;
  for (const place of order) {
    const { isRun, wait } = place;
    if (ringed.has(place.owner)) place.isBehindRun = true;
    if (isRun || place.isBehindRun) for (const child of place.children) child.isBehindRun = true;
    if (isRun || !place.isBehindRun || wait === null) continue;
    sessions += 1;
    longestMs = Math.max(longestMs, wait.waitedMs);
    counts.set(wait.on, (counts.get(wait.on) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return { sessions, longestMs, on: most?.[0] ?? null };
}

function runWaits(graph: WaitGraph): RunWaits | null {
  for (const [owner, [wait]] of graph.waitsOf.entries()) {
    if (wait === undefined || graph.owners[owner]?.isRun !== true) continue;
    const blockers = [...blockersOf(graph, owner)].map((one) => {
      const session = graph.owners[one]?.session ?? null;
      return { pid: session?.pid ?? null, who: whoOf(session ?? UNKNOWN) };
    });
    const { mode, waitedMs, on } = wait;
    return {
      mode,
      thing: wait.lock.thing,
      on,
      waitedMs,
      blockers: blockers.slice(0, SHOWN_PIDS),
      blockerCount: blockers.length,
    };
  }
  return null;
}

/** Without what only the sample knows. */
function whoOf(session: WaitingSession): WaitingSession {
  const { user, applicationName, state, transactionMs, isAutovacuum, query } = session;
  return { user, applicationName, state, transactionMs, isAutovacuum, query };
}
