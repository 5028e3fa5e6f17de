import type { LockMode } from './lock-mode.ts';

/** Who waits for whom on a server at one moment: a tree for everybody who keeps others waiting. */
export interface WaitForest {
  readonly roots: readonly WaitNode[];
  /** All sessions that wait for a lock; every one of them is in one of the trees. */
  readonly waiters: number;
  /** The sessions of each ring in which everybody waits for the next; the server ends such a ring after a while. */
  readonly deadlocks: readonly (readonly WaitingPid[])[];
  readonly behindRun: BehindRun;
  /** null while the run waits for nobody inside the server. */
  readonly runWaits: RunWaits | null;
}

/** `row` and `transaction`: somebody changed a row, or is still at work; their modes say nothing more. */
export type LockedThing = 'relation' | 'row' | 'transaction' | 'other';

/** What the run waits for, and for whom. */
export interface RunWaits {
  readonly mode: LockMode;
  readonly thing: LockedThing;
  readonly on: string;
  readonly waitedMs: number;
  /** The first few. */
  readonly blockers: readonly { readonly pid: WaitingPid; readonly who: WaitingSession }[];
  readonly blockerCount: number;
}

/** null: a prepared transaction, which has no session. */
export type WaitingPid = number | null;

/** Who waits because of the run, directly or behind somebody who does. */
export interface BehindRun {
  readonly sessions: number;
  readonly longestMs: number;
  /** What most of them wait for; null when nobody does. */
  readonly on: string | null;
}

/** Sessions that wait for the same thing in the same way, and who waits for them in turn. */
export interface WaitNode {
  /** How many; all alike in what is said of them here. */
  readonly count: number;
  /** The first few. */
  readonly pids: readonly WaitingPid[];
  /** A session of the run that is watched. */
  readonly isRun: boolean;
  readonly isInDeadlock: boolean;
  readonly who: WaitingSession;
  /** What it waits for; null for somebody who only keeps others waiting. */
  readonly waits: WaitedLock | null;
  /** What it holds and the first of its children waits for; null when they only queue behind it. */
  readonly holds: { readonly mode: LockMode; readonly thing: LockedThing; readonly on: string } | null;
  /** All sessions below. */
  readonly behind: number;
  /** The longest wait of all below, ms. */
  readonly longestBehindMs: number;
  /** Cut where a tree gets very deep, and where hundreds are all different; `behind` still counts everybody. */
  readonly children: readonly WaitNode[];
}

export interface WaitingSession {
  readonly user: string | null;
  readonly applicationName: string | null;
  /** `active`, `idle in transaction`, `prepared`; null when the role may not see it. */
  readonly state: string | null;
  /** How long its transaction is open, ms; null when unknown. Of several, the longest. */
  readonly transactionMs: number | null;
  readonly isAutovacuum: boolean;
  /** Without its literals. */
  readonly query: string | null;
}

export interface WaitedLock {
  readonly mode: LockMode;
  readonly thing: LockedThing;
  /** `public.orders`, `a row of public.orders`. */
  readonly on: string;
  /** `holder`: somebody has a lock that conflicts; `queue`: only somebody ahead who waits as well. */
  readonly behind: 'holder' | 'queue';
  /** Of several, the longest, ms. */
  readonly longestMs: number;
}
