import type { StatementFacts } from './facts.ts';
import type { Span } from './span.ts';

export type Severity = 'error' | 'warning' | 'info';

/** Somebody's opinion (a rule's) about the facts of one statement. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly path: string;
  readonly span: Span;
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
}
