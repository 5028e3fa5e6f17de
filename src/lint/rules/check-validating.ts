import { addedConstraint } from '../added-constraint.ts';
import { heldUp } from '../blocking-locks.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** ADD CHECK proves itself on every row while the table is closed. */
export const checkValidating: Rule = {
  id: 'check-validating',
  group: 'scan-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-constraint'],
  growsWithTable: true,
  perCommand: true,
  summary: 'ADD CHECK reads every row while the table is closed to everybody.',
  remedy: 'Add it NOT VALID, and VALIDATE it in a statement and a transaction of its own.',
  check(input) {
    const added = addedConstraint(input, 'check');
    const work = scannedUnderLock(input);
    if (added === null || work === null) return null;
    return {
      title: `Adds a CHECK to ${nameWithSize(input, added.key)} and tests every row of it under ACCESS EXCLUSIVE.`,
      consequence: work.consequence,
      relations: heldUp(input),
    };
  },
};
