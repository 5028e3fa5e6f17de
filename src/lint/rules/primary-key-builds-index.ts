import { addedConstraint } from '../added-constraint.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { indexesBuiltUnderLock } from '../work-under-lock.ts';

/** ADD PRIMARY KEY builds its index while the table is closed, and looks for NULLs. */
export const primaryKeyBuildsIndex: Rule = {
  id: 'primary-key-builds-index',
  group: 'index-build-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-constraint'],
  growsWithTable: true,
  perCommand: true,
  summary: 'ADD PRIMARY KEY builds its index while the table is closed to everybody.',
  remedy: 'Make the columns NOT NULL, build a unique index CONCURRENTLY, then add the primary key USING INDEX.',
  check(input) {
    const added = addedConstraint(input, 'primary-key');
    const work = indexesBuiltUnderLock(input);
    if (added === null || work === null) return null;
    return {
      title: `Adds a primary key to ${nameWithSize(input, added.key)} and builds its index under ACCESS EXCLUSIVE.`,
      ...work,
    };
  },
};
