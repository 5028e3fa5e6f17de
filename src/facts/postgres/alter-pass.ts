import type { AlterCommand } from '../../model/alter-command.ts';
import { alterPass, constraintPass } from '../../model/alter-pass.ts';
import type { ConstraintDefinition } from '../../model/definition.ts';
import { atRank, type FactsDraft } from './facts-draft.ts';

/** Before any command runs, the server looks at each of them in the order in which they stand (ATPrepCmd). */
const PREPARATION = 1;
const FIRST_PASS = 10;

/** When a command runs. */
export function passOf(command: AlterCommand): number {
  return FIRST_PASS + alterPass(command);
}

/** When a constraint is made that is written at a new column. */
export function passOfConstraint(kind: ConstraintDefinition['kind']): number {
  return FIRST_PASS + constraintPass(kind);
}

/** What is refused in here is refused before any command runs. */
export function inPreparation(draft: FactsDraft, run: () => void): void {
  atRank(draft, Math.min(draft.rank, PREPARATION), run);
}
