import type { Catalog } from '../model/catalog.ts';
import type { Rung } from '../model/plan-choice.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { ServerVersion } from '../model/server-version.ts';
import type { Statement } from '../model/statement.ts';
import type { PlanTools } from './plan-tools.ts';
import type { RecipeName } from './recipe.ts';
import type { StepDraft } from './step-draft.ts';

export interface SequenceInput {
  /** Every statement of the file but BEGIN, COMMIT and their like. */
  readonly statements: readonly Statement[];
  /** Which of them is to be planned. */
  readonly at: number;
  /** The schema before that statement. */
  readonly catalog: Catalog;
  /** The schema before the file. */
  readonly before: Catalog;
  readonly version: ServerVersion;
  readonly tools: PlanTools;
  /** As in `RecipeInput`. */
  isFresh(relation: RelationKey): boolean;
}

export interface SequencePlan {
  /** The steps, each group at the statement that it stands for. */
  readonly parts: readonly { readonly statement: Statement; readonly drafts: readonly StepDraft[] }[];
  /** How many statements the steps stand for, the one in question among them. */
  readonly taken: number;
}

/** What the file does as a whole cannot be made safe. */
export interface SequenceRefusal {
  /** Follows the place of the statement: `m.sql:3 gives the name ...` */
  readonly reason: string;
  readonly nextCommand: string;
}

/**
 * A safe way that needs to know what comes behind a statement: what it does is safe or not by that. Asked before the
 * recipes for single statements.
 */
export interface SequenceRecipe {
  readonly name: RecipeName;
  /** As in `Recipe`. */
  readonly rung: Rung;
  readonly summary: string;
  plan(input: SequenceInput): SequencePlan | SequenceRefusal | null;
}

/** The statements of the file behind the one in question. */
export function laterStatements({ statements, at }: SequenceInput): readonly Statement[] {
  return statements.slice(at + 1);
}
