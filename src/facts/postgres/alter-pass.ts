import type { AlterCommand } from '../../model/alter-command.ts';
import type { ConstraintDefinition } from '../../model/definition.ts';
import { atRank, type FactsDraft } from './facts-draft.ts';

/** Before any command runs, the server looks at each of them in the order in which they stand (ATPrepCmd). */
const PREPARATION = 1;
const FIRST_PASS = 10;

/** When a command runs: the server sorts them into passes (AlterTablePass in its source). */
export function passOf(command: AlterCommand): number {
  return FIRST_PASS + passNumber(command);
}

function passNumber(command: AlterCommand): number {
  switch (command.kind) {
    case 'drop-column':
    case 'drop-constraint':
    case 'drop-default':
    case 'drop-identity':
    case 'drop-not-null':
    case 'drop-expression':
      return 0;
    case 'set-type':
      return 1;
    case 'add-column':
      return 2;
    case 'set-expression':
      return 3;
    case 'add-constraint':
      return constraintPass(command.constraint.kind);
    case 'set-not-null':
      return 5;
    case 'set-default':
    case 'add-identity':
      return 8;
    default:
      return 9;
  }
}

function constraintPass(kind: ConstraintDefinition['kind']): number {
  if (kind === 'check' || kind === 'not-null') return 4;
  return kind === 'foreign-key' ? 8 : 6;
}

/** When a constraint is made that is written at a new column. */
export function passOfConstraint(kind: ConstraintDefinition['kind']): number {
  return FIRST_PASS + constraintPass(kind);
}

/** What is refused in here is refused before any command runs. */
export function inPreparation(draft: FactsDraft, run: () => void): void {
  atRank(draft, Math.min(draft.rank, PREPARATION), run);
}
