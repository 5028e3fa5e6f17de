import { addedConstraint } from '../added-constraint.ts';
import { alterCommandOf } from '../alter-command-of.ts';
import type { Rule, RuleInput } from '../rule.ts';

/** A constraint that is written down and not kept (18). */
export const notEnforced: Rule = {
  id: 'not-enforced',
  severity: 'info',
  about: ['alter-table'],
  commands: ['alter-constraint', 'add-constraint'],
  ownRemedy: true,
  perCommand: true,
  summary: 'A NOT ENFORCED constraint is written down, and no row is ever tested against it.',
  remedy: 'Add it NOT VALID and VALIDATE it instead: new rows are tested at once, old ones while everybody works on.',
  check(input) {
    const { facts, isUsed } = input;
    const found = notEnforcedOf(input);
    if (found === null || facts.failure !== null || !isUsed(found.key)) return null;
    return {
      title: `${found.name ?? 'The new constraint'} of ${found.key} is NOT ENFORCED.`,
      consequence: 'Whoever reads the schema takes it for true, and rows that break it come in all the same.',
      relations: [found.key],
    };
  },
};

function notEnforcedOf(input: RuleInput): { readonly key: string; readonly name: string | null } | null {
  const altered = alterCommandOf(input, 'alter-constraint');
  if (altered?.command.enforced === false) return { key: altered.key, name: altered.command.name };
  const added = addedConstraint(input, 'check') ?? addedConstraint(input, 'foreign-key');
  return added?.constraint.enforced === false ? { key: added.key, name: added.constraint.name } : null;
}
