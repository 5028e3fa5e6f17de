import type { AlterCommand } from '../../model/alter-command.ts';
import type { FactsDraft } from './facts-draft.ts';

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
    case 'set-identity':
      return 8;
    default:
      return 9;
  }
}

function constraintPass(kind: string): number {
  if (kind === 'check' || kind === 'not-null') return 4;
  return kind === 'foreign-key' ? 8 : 6;
}

/** What is refused in here is refused before any command runs. */
export function inPreparation(draft: FactsDraft, run: () => void): void {
  const { rank } = draft;
  draft.rank = Math.min(rank, PREPARATION);
  run();
  draft.rank = rank;
}

/** What is refused in here is refused when the command's turn comes. */
export function inPass(draft: FactsDraft, command: AlterCommand, run: () => void): void {
  const { rank } = draft;
  draft.rank = passOf(command);
  run();
  draft.rank = rank;
}

/** What is refused in here is refused while the statement is being understood. */
export function atOnce(draft: FactsDraft, run: () => void): void {
  const { rank } = draft;
  draft.rank = -1;
  run();
  draft.rank = rank;
}
