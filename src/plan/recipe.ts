import type { Catalog } from '../model/catalog.ts';
import type { Expression } from '../model/expression.ts';
import type { StatementFacts } from '../model/facts.ts';
import type { Rung } from '../model/plan-choice.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { ServerVersion } from '../model/server-version.ts';
import type { Statement } from '../model/statement.ts';
import type { StepDraft } from './step-draft.ts';

export interface RecipeInput {
  /** ALTER TABLE comes with one command at a time. */
  readonly statement: Statement;
  readonly facts: StatementFacts;
  /** The schema before the statement. */
  readonly catalog: Catalog;
  readonly version: ServerVersion;
  /** Whether the relation was created by this very migration file: nobody uses it yet. */
  isFresh(relation: RelationKey): boolean;
  /** As in `PlanTools`, on the schema before the statement. */
  isSteady(expression: Expression): boolean;
}

/**
 * A safe way to do what a statement does. `plan` answers the steps, or null when the recipe is not for this statement.
 * The first recipe of `recipes.ts` that answers wins.
 */
export interface Recipe {
  readonly name: RecipeName;
  /** How far up the ladder of safe ways its own steps go; what it has others plan counts with those. */
  readonly rung: Rung;
  /** The safe way in one sentence, for people. */
  readonly summary: string;
  plan(input: RecipeInput): readonly StepDraft[] | null;
}

export const RECIPE_NAMES = [
  'create-index-concurrently',
  'create-index-partitioned',
  'drop-index-concurrently',
  'reindex-concurrently',
  'key-using-index',
  'foreign-key-not-valid',
  'check-not-valid',
  'not-null-by-check',
  'not-null-not-valid',
  'add-column-apart',
  'add-column-backfill',
  'type-by-new-column',
  'key-type-by-new-column',
  'rename-column-by-copy',
  'rename-table-by-view',
  'drop-column-after-gate',
  'drop-table-after-gate',
  'refresh-concurrently',
  'attach-partition-checked',
  'fill-columns-in-step',
  'update-in-batches',
  'detach-partition-after-gate',
  'enum-by-new-type',
  'serial-to-identity',
  'swap-by-rename',
] as const;

export type RecipeName = (typeof RECIPE_NAMES)[number];
