import type { AlterCommand } from './alter-command.ts';
import type { ConstraintDefinition } from './definition.ts';

/**
 * When a command of an ALTER TABLE runs: the server sorts them into passes, whatever the order in which they stand
 * (AlterTablePass in its tablecmds.c).
 */
export function alterPass(command: AlterCommand): number {
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

/** When a constraint is made, one that is written at a new column too. */
export function constraintPass(kind: ConstraintDefinition['kind']): number {
  if (kind === 'check' || kind === 'not-null') return 4;
  return kind === 'foreign-key' ? 8 : 6;
}

/** The commands in the order in which they run. */
export function inPasses<Command extends AlterCommand>(commands: readonly Command[]): readonly Command[] {
  return [...commands].sort((a, b) => alterPass(a) - alterPass(b));
}
