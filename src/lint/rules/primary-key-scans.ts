import { addedConstraint } from '../added-constraint.ts';
import { heldUp } from '../blocking-locks.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** PRIMARY KEY USING INDEX: the index is there, and yet every row is read for NULLs. */
export const primaryKeyScans: Rule = {
  id: 'primary-key-scans',
  group: 'scan-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-constraint'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A primary key USING INDEX reads every row when its columns may hold NULL.',
  remedy: 'Add CHECK (column IS NOT NULL) NOT VALID and VALIDATE it first: the proof saves the reading.',
  check(input) {
    const added = addedConstraint(input, 'primary-key');
    const work = scannedUnderLock(input);
    if (added === null || added.constraint.usingIndex === null || work === null) return null;
    return {
      title: `Takes ${added.constraint.usingIndex} as primary key of ${nameWithSize(input, added.key)} and reads every row for NULLs.`,
      consequence: work.consequence,
      relations: heldUp(input),
    };
  },
};
