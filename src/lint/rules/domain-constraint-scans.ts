import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** A constraint of a domain is proven on every table that has a column of it. */
export const domainConstraintScans: Rule = {
  id: 'domain-constraint-scans',
  group: 'scan-under-lock',
  severity: 'error',
  about: ['alter-domain'],
  growsWithTable: true,
  summary: 'A constraint of a domain reads every table that uses it while nobody can write to them.',
  remedy: 'Put the constraint on the columns instead: CHECK NOT VALID on each table, then VALIDATE.',
  check(input) {
    const { action } = input;
    const work = scannedUnderLock(input);
    if (action.kind !== 'alter-domain' || work === null) return null;
    return {
      title: `Tests every value of ${action.name.name} in ${list(work.relations.map((one) => nameWithSize(input, one)))}.`,
      ...work,
    };
  },
};
