import type { ActionKind } from './action.ts';
import type { LockMode } from './lock-mode.ts';
import type { RelationKey } from './relation-name.ts';

/** What a statement does to a server, without an opinion about it. Pure data; the JSON of `explain` is made of it. */
export interface StatementFacts {
  readonly kind: ActionKind;
  /** Every relation that existed before and is locked, with the strongest mode; sorted by relation. */
  readonly locks: readonly RelationLock[];
  /** Tables and materialized views whose file is written anew, row by row. */
  readonly rewrites: readonly RelationKey[];
  /** Relations read in full without being rewritten. */
  readonly scans: readonly RelationKey[];
  /** Indexes built or rebuilt, other than those that a rewrite rebuilds anyway; by `schema.index`. */
  readonly indexBuilds: readonly RelationKey[];
  readonly transaction: 'any' | 'outside-only';
  /** Why the server would refuse the statement, when that is certain from the schema and the version. */
  readonly failure: StatementFailure | null;
  /** Data that is gone for good once it commits: `column public.users.email`, `table public.users`. */
  readonly losses: readonly string[];
  /** What stops working for application code that does not know the change yet. */
  readonly breaks: readonly Break[];
  readonly certainty: 'known' | 'unknown';
  /** Whole sentences: where the facts come from; for `unknown`, what would settle it. */
  readonly because: readonly string[];
}

export interface RelationLock {
  readonly relation: RelationKey;
  readonly mode: LockMode;
}

export interface StatementFailure {
  readonly sqlstate: string;
  readonly reason: string;
}

export interface Break {
  readonly kind: 'relation-gone' | 'column-gone' | 'renamed' | 'type-changed' | 'tightened' | 'required-column';
  /** `public.users.email` or `public.users`. */
  readonly what: string;
  readonly sentence: string;
}
