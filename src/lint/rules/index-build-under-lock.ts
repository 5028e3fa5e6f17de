import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';
import { indexesBuiltUnderLock } from '../work-under-lock.ts';

/** An index of a table in use is built or rebuilt while writers wait. */
export const indexBuildUnderLock: Rule = {
  id: 'index-build-under-lock',
  severity: 'error',
  growsWithTable: true,
  summary: 'An index of a table in use is built while writers wait.',
  remedy: 'Build the index CONCURRENTLY first; a constraint can take it over afterwards.',
  check(input) {
    const work = indexesBuiltUnderLock(input);
    if (work === null) return null;
    return { title: `Builds ${list(input.facts.indexBuilds)} while it holds a lock.`, ...work };
  },
};
