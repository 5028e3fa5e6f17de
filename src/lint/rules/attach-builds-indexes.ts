import { alterCommandOf } from '../alter-command-of.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';
import { indexesBuiltUnderLock } from '../work-under-lock.ts';

/** ATTACH PARTITION builds every index of the parent that the newcomer lacks. */
export const attachBuildsIndexes: Rule = {
  id: 'attach-builds-indexes',
  group: 'index-build-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['attach-partition'],
  growsWithTable: true,
  perCommand: true,
  summary: 'Indexes that a new partition lacks are built while it is locked.',
  remedy:
    'Build the same indexes on the table CONCURRENTLY first; a unique key needs the constraint as well. ATTACH takes them over.',
  check(input) {
    const attached = alterCommandOf(input, 'attach-partition');
    const work = indexesBuiltUnderLock(input);
    if (attached === null || work === null) return null;
    return { title: `Builds ${list(input.facts.indexBuilds)} to attach a partition to ${attached.key}.`, ...work };
  },
};
