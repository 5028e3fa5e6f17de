import { addedConstraint } from '../added-constraint.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { indexesBuiltUnderLock } from '../work-under-lock.ts';

/** ADD UNIQUE builds its index while the table is closed. */
export const uniqueBuildsIndex: Rule = {
  id: 'unique-builds-index',
  group: 'index-build-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-constraint'],
  growsWithTable: true,
  perCommand: true,
  summary: 'ADD UNIQUE builds its index while the table is closed to everybody.',
  remedy: 'Build a unique index CONCURRENTLY, then add the constraint USING INDEX.',
  check(input) {
    const added = addedConstraint(input, 'unique');
    const work = indexesBuiltUnderLock(input);
    if (added === null || work === null) return null;
    return {
      title: `Adds UNIQUE (${added.constraint.columns.join(', ')}) to ${nameWithSize(input, added.key)} and builds its index under ACCESS EXCLUSIVE.`,
      ...work,
    };
  },
};
