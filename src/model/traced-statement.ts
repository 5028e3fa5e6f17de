import type { RelationLock } from './facts.ts';
import type { RelationKey } from './relation-name.ts';

/** What a server of our own really did with a statement, and how the derived facts stand beside it. */
export interface TracedStatement {
  /**
   * - `as-derived`: the server did what the facts say.
   * - `wrong`: it did not, and nothing explains it: a fault of Evenkeel.
   * - `settled`: the facts did not know; this is the answer.
   * - `not-compared`: something is not here as it is in production; `notes` say what.
   */
  readonly verdict: 'as-derived' | 'wrong' | 'settled' | 'not-compared';
  /** Why the server refused it. */
  readonly error: { readonly sqlstate: string; readonly message: string } | null;
  readonly transaction: 'any' | 'outside-only';
  /** Locks that it took itself; what its transaction held already is left out. */
  readonly locks: readonly RelationLock[];
  readonly rewrites: readonly RelationKey[];
  readonly scans: readonly RelationKey[];
  readonly indexBuilds: readonly RelationKey[];
  /** Where the facts say something else. */
  readonly disagreements: readonly string[];
  /** Whole sentences: what the trace cannot tell. */
  readonly notes: readonly string[];
}

/** The trace that statements were put through. */
export interface TraceSummary {
  /** Of the server: `18.4`. */
  readonly serverVersion: string;
  /** Where its schema came from, in words. */
  readonly schema: string;
  /** Whole sentences: what is not on that server as it is in production. */
  readonly notes: readonly string[];
}
