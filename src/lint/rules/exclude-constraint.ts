import { addedConstraint } from '../added-constraint.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { indexesBuiltUnderLock } from '../work-under-lock.ts';

/** ADD EXCLUDE has no online form. */
export const excludeConstraint: Rule = {
  id: 'exclude-constraint',
  group: 'index-build-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-constraint'],
  growsWithTable: true,
  perCommand: true,
  summary: 'An EXCLUDE constraint builds its index under ACCESS EXCLUSIVE; there is no other way.',
  remedy: 'Create a new table that has the constraint from the start, copy the rows in batches, and switch.',
  check(input) {
    const added = addedConstraint(input, 'exclude');
    const work = indexesBuiltUnderLock(input);
    if (added === null || work === null) return null;
    return {
      title: `Adds an EXCLUDE constraint to ${nameWithSize(input, added.key)} and builds its index under ACCESS EXCLUSIVE.`,
      ...work,
    };
  },
};
