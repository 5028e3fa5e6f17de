import { nameWithSize, type Rule } from '../rule.ts';
import { setNotNullOf } from '../set-not-null.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** SET NOT NULL and DROP CONSTRAINT of the CHECK that would have proved it, in one ALTER TABLE. */
export const notNullProofDropped: Rule = {
  id: 'not-null-proof-dropped',
  group: 'scan-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['set-not-null'],
  growsWithTable: true,
  summary: 'The CHECK that proves a NOT NULL is dropped by the same statement, so every row is read.',
  remedy: 'SET NOT NULL first, and drop the CHECK in a statement of its own afterwards.',
  check(input) {
    const found = setNotNullOf(input);
    const work = scannedUnderLock(input);
    const [lost] = found?.disproved ?? [];
    if (found === null || work === null || lost === undefined) return null;
    return {
      title: `Drops ${lost.check}, which proves that ${lost.column} has no NULL, and so reads every row of ${nameWithSize(input, found.key)}.`,
      ...work,
      remedy: 'SET NOT NULL first, and drop the CHECK in a statement of its own afterwards.',
    };
  },
};
