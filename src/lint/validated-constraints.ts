import type { RuleInput } from './rule.ts';

/** The names of the constraints that an ALTER TABLE validates. */
export function validatedConstraints({ action }: RuleInput): readonly string[] {
  if (action.kind !== 'alter-table') return [];
  return action.commands.flatMap((one) => (one.kind === 'validate-constraint' ? [one.name] : []));
}
