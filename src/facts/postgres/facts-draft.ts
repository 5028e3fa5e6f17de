import type { ActionKind } from '../../model/action.ts';
import type { Break, StatementFacts } from '../../model/facts.ts';
import { type LockMode, strongerLockMode } from '../../model/lock-mode.ts';
import type { RelationKey } from '../../model/relation-name.ts';

/** Facts while they are being collected. Everything is a set: a statement that says a thing twice does it once. */
export interface FactsDraft {
  readonly locks: Map<RelationKey, LockMode>;
  readonly rewrites: Set<RelationKey>;
  readonly scans: Set<RelationKey>;
  readonly indexBuilds: Set<RelationKey>;
  readonly losses: Set<string>;
  readonly breaks: Break[];
  readonly because: Set<string>;
  readonly unknown: Set<string>;
  transaction: 'any' | 'outside-only';
  failure: StatementFacts['failure'];
  /** How late the server comes to what is being looked at; of several failures the earliest counts. */
  rank: number;
  failureRank: number;
}

export function newFactsDraft(): FactsDraft {
  return {
    locks: new Map(),
    rewrites: new Set(),
    scans: new Set(),
    indexBuilds: new Set(),
    losses: new Set(),
    breaks: [],
    because: new Set(),
    unknown: new Set(),
    transaction: 'any',
    failure: null,
    rank: 0,
    failureRank: Number.POSITIVE_INFINITY,
  };
}

/** Notes a lock; of two on the same relation the stronger one stays. */
export function addLock(draft: FactsDraft, relation: RelationKey, mode: LockMode): void {
  const held = draft.locks.get(relation);
  draft.locks.set(relation, held === undefined ? mode : strongerLockMode(held, mode));
}

export function addLocks(draft: FactsDraft, relations: Iterable<RelationKey>, mode: LockMode): void {
  for (const relation of relations) addLock(draft, relation, mode);
}

/** Notes why the server would refuse the statement; the reason that it comes to first wins. */
export function addFailure(draft: FactsDraft, sqlstate: string, reason: string): void {
  if (draft.rank >= draft.failureRank) return;
  draft.failure = { sqlstate, reason };
  draft.failureRank = draft.rank;
}

/** What is refused in here is refused at that rank, whatever the rank around it. */
export function atRank(draft: FactsDraft, rank: number, run: () => void): void {
  const before = draft.rank;
  draft.rank = rank;
  run();
  draft.rank = before;
}

/** Turns the draft into facts: sorted, and without the scans and index builds that a rewrite already contains. */
export function finishFacts(kind: ActionKind, draft: FactsDraft): StatementFacts {
  const rewrites = [...draft.rewrites].sort();
  return {
    kind,
    locks: [...draft.locks].map(([relation, mode]) => ({ relation, mode })).sort(byRelation),
    rewrites,
    scans: [...draft.scans].filter((relation) => !draft.rewrites.has(relation)).sort(),
    indexBuilds: [...draft.indexBuilds].sort(),
    transaction: draft.transaction,
    failure: draft.failure,
    losses: [...draft.losses],
    breaks: draft.breaks,
    // What a refused statement would have done is no riddle any more.
    certainty: draft.unknown.size > 0 && draft.failure === null ? 'unknown' : 'known',
    because: draft.failure === null ? [...draft.unknown, ...draft.because] : [...draft.because],
  };
}

function byRelation(a: { relation: string }, b: { relation: string }): number {
  return a.relation < b.relation ? -1 : a.relation > b.relation ? 1 : 0;
}
