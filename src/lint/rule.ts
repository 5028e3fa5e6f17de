import type { RelationLock, StatementFacts } from '../model/facts.ts';
import type { Severity } from '../model/finding.ts';
import type { RelationKey } from '../model/relation-name.ts';

/** What a rule may look at: facts, and who uses what. Never SQL. */
export interface RuleInput {
  readonly facts: StatementFacts;
  /** Relations that existed before this migration file: somebody may be using them. */
  isUsed(relation: RelationKey): boolean;
  /** Row estimate, null when nobody measured. */
  rowsOf(relation: RelationKey): number | null;
  /** Whether the tool that owns the file runs it in one transaction. */
  readonly runsInTransaction: boolean;
}

export interface RuleHit {
  /** One sentence: what happens. */
  readonly title: string;
  /** Who is held up, for how long. */
  readonly consequence: string;
  /** The relations that it is about: what a setting for one table looks at. Empty when it is about none in particular. */
  readonly relations: readonly RelationKey[];
}

/** An opinion about facts. One file a rule; its examples and its page lie in `rules/<id>/`. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  /** What it means, in one line. */
  readonly summary: string;
  /** What to do when the planner knows no safe way of its own. */
  readonly remedy: string;
  /** Set when it is about work that takes the longer the bigger the table is; sizes then say how grave it is. */
  readonly growsWithTable?: true;
  check(input: RuleInput): RuleHit | null;
}

/** Locks on relations that somebody may be using. */
export function usedLocks(input: RuleInput): readonly RelationLock[] {
  return input.facts.locks.filter((lock) => input.isUsed(lock.relation));
}

/** `public.orders (about 82,000,000 rows)` */
export function nameWithSize(input: RuleInput, relation: RelationKey): string {
  const rows = input.rowsOf(relation);
  return rows === null ? relation : `${relation} (about ${rows.toLocaleString('en-US')} rows)`;
}
