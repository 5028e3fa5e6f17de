import { addedConstraint } from '../added-constraint.ts';
import { heldUp } from '../blocking-locks.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** ADD FOREIGN KEY reads both tables while nobody may write to either. */
export const foreignKeyValidating: Rule = {
  id: 'foreign-key-validating',
  group: 'scan-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-constraint'],
  growsWithTable: true,
  perCommand: true,
  summary: 'ADD FOREIGN KEY reads both tables while nobody can write to either of them.',
  remedy: 'Add it NOT VALID, and VALIDATE it in a statement and a transaction of its own.',
  check(input) {
    const added = addedConstraint(input, 'foreign-key');
    const work = scannedUnderLock(input);
    if (added === null || work === null) return null;
    return {
      title: `Adds a foreign key to ${added.key} and looks up every row of it while ${list(heldUp(input))} cannot be written to.`,
      consequence: work.consequence,
      relations: heldUp(input),
    };
  },
};
