import type { Severity } from './finding.ts';

/** How a rule counts: as an error, a warning or a note, or not at all. */
export type RuleLevel = Severity | 'off';

/**
 * What a user says about one rule: a level for everything, or one for certain tables. Patterns are names with their
 * schema, `*` stands for any characters: `public.big_*`.
 */
export type RuleSetting =
  | RuleLevel
  | { readonly severity?: RuleLevel; readonly tables?: Readonly<Record<string, RuleLevel>> };

/** By rule id or group; a rule that neither names keeps its own severity. */
export type RuleSettings = Readonly<Record<string, RuleSetting>>;

/** A rule as lists and reports show it. */
export interface RuleDescription {
  readonly id: string;
  /** The more general rule, or `style`; missing for a rule that stands for itself. */
  readonly group?: string;
  /** What it counts as unless somebody says otherwise. */
  readonly severity: Severity;
  /** What it means, in one line. */
  readonly summary: string;
  /** What to do when there is no recipe. */
  readonly remedy: string;
}

/** A recipe as lists show it. */
export interface RecipeDescription {
  readonly name: string;
  /** The safe way in one sentence. */
  readonly summary: string;
}
