import { addedConstraint } from '../added-constraint.ts';
import type { Rule } from '../rule.ts';

/** NOT VALID leaves old rows unread, not untouched: the next UPDATE of one is tested. */
export const notValidCheckRejectsUpdates: Rule = {
  id: 'not-valid-check-rejects-updates',
  severity: 'info',
  about: ['alter-table'],
  commands: ['add-constraint'],
  ownRemedy: true,
  perCommand: true,
  summary: 'A NOT VALID constraint refuses every UPDATE of an old row that does not meet it.',
  remedy: 'Look for rows that break it and mend them first; deploy code that writes no such rows any more.',
  check(input) {
    const check = addedConstraint(input, 'check');
    const notNull = addedConstraint(input, 'not-null');
    const added = check ?? notNull;
    if (added === null || added.constraint.valid || input.facts.failure !== null || !input.isUsed(added.key))
      return null;
    if (check !== null && !check.constraint.enforced) return null;
    const columns = check?.constraint.expression.columns ?? [notNull?.constraint.column ?? ''];
    const sqlstate = check === null ? '23502' : '23514';
    return {
      title: `From now on every write to ${added.key} has to meet the new constraint on ${[...new Set(columns)].join(', ')}.`,
      consequence: `An UPDATE of another column of an old row that breaks it fails with ${sqlstate}, and so does every INSERT of code that does not know it.`,
      relations: [added.key],
    };
  },
};
