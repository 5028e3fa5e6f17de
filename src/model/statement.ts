import type { Action } from './action.ts';
import type { Span } from './span.ts';

/** One SQL statement of a migration, with what it does in our own words. */
export interface Statement {
  /** The text without its closing semicolon and without the comments before it. */
  readonly sql: string;
  readonly span: Span;
  readonly action: Action;
  /** Names in it that are too long; missing when there are none. */
  readonly cutNames?: readonly CutName[];
}

/** A name of more than 63 bytes: the server cuts it, with no more than a notice. */
export interface CutName {
  readonly written: string;
  readonly kept: string;
}
