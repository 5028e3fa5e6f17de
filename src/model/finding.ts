import type { StatementFacts } from './facts.ts';
import type { RelationKey } from './relation-name.ts';
import type { Span } from './span.ts';

export type Severity = 'error' | 'warning' | 'info';

/** Somebody's opinion (a rule's) about the facts of one statement. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly path: string;
  readonly span: Span;
  /** The part of the statement that matters: one command of several; the whole statement where no part stands out. */
  readonly focus: Span;
  readonly sql: string;
  /** One sentence: what happens. */
  readonly title: string;
  /** Who is held up, and for how long. */
  readonly consequence: string;
  /** The safe way in plain words. */
  readonly remedy: string;
  /** The recipe that writes the safe way, when there is one. */
  readonly recipe: string | null;
  /** What to type next. */
  readonly nextCommand: string;
  readonly facts: StatementFacts;
  /** Tables and other relations that it is about; empty when it is about none in particular. */
  readonly relations: readonly RelationKey[];
  /**
   * The same for the same finding when lines move or the file is reformatted: sha256, hex, of rule, path in the
   * repository, text of the statement, and the ordinal among equal ones.
   */
  readonly fingerprint: string;
}

/** A finding that somebody has accepted: by a comment in the file, or with a baseline. */
export interface SuppressedFinding {
  readonly finding: Finding;
  readonly by:
    | { readonly kind: 'comment'; readonly reason: string; readonly line: number }
    | { readonly kind: 'baseline'; readonly path: string };
}
