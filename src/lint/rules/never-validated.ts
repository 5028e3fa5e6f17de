import type { Action } from '../../model/action.ts';
import { findTable } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { addedConstraint } from '../added-constraint.ts';
import type { Rule, RuleInput } from '../rule.ts';

/** NOT VALID, and no VALIDATE in what follows. */
export const neverValidated: Rule = {
  id: 'never-validated',
  severity: 'info',
  about: ['alter-table'],
  commands: ['add-constraint'],
  ownRemedy: true,
  perCommand: true,
  summary: 'A constraint is added NOT VALID, and no later statement validates it.',
  remedy: 'VALIDATE it in a statement and a transaction of its own; reads and writes go on meanwhile.',
  check(input) {
    const added =
      addedConstraint(input, 'check') ?? addedConstraint(input, 'foreign-key') ?? addedConstraint(input, 'not-null');
    if (added === null || added.constraint.valid || input.facts.failure !== null || !input.isUsed(added.key))
      return null;
    const { name } = added.constraint;
    if ('enforced' in added.constraint && !added.constraint.enforced) return null;
    for (const action of input.laterOn(added.key, 'alter-table'))
      if (settles(action, input, added.key, name)) return null;
    return {
      title: `Nothing validates ${name ?? 'the new constraint'} of ${added.key}.`,
      consequence:
        'Rows from before may break it for ever, the planner does not rely on it, and it saves no scan of a later SET NOT NULL or ATTACH PARTITION.',
      relations: [added.key],
    };
  },
};

/** A later statement validates it or takes it away. A name that the server makes up is not followed. */
function settles(action: Action, { catalog }: RuleInput, key: string, name: string | null): boolean {
  if (action.kind !== 'alter-table') return false;
  const isMeant = action.commands.some(
    (one) =>
      (one.kind === 'validate-constraint' || one.kind === 'drop-constraint') && (name === null || one.name === name),
  );
  const table = isMeant ? findTable(catalog, action.name) : null;
  return table !== null && relationKey(table.name) === key;
}
