import type { Statement } from '../model/statement.ts';
import type { RecipeName } from './recipe.ts';

/** Where a step comes from. */
export interface StepOrigin {
  readonly path: string;
  /** Id of the step. */
  readonly step: string;
  /** As the migration has it, with all of its commands. */
  readonly statement: Statement;
  /** null when the statement stays as it stands, or there is no safer way. */
  readonly recipe: RecipeName | null;
}
