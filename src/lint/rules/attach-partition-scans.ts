import { alterCommandOf } from '../alter-command-of.ts';
import { defaultPartition } from '../default-partition.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** ATTACH PARTITION reads the newcomer to see that every row lies inside the bound. */
export const attachPartitionScans: Rule = {
  id: 'attach-partition-scans',
  group: 'scan-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['attach-partition'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A table is read in full to become a partition, while it is locked.',
  remedy:
    'Give the table a CHECK that implies the bound first, NOT VALID and then validated; ATTACH believes it and reads nothing.',
  check(input) {
    const attached = alterCommandOf(input, 'attach-partition');
    const work = scannedUnderLock(input);
    if (attached === null || work === null) return null;
    const fallback = defaultPartition(input.catalog, attached.key);
    const read = work.relations.filter((relation) => !fallback.includes(relation));
    if (read.length === 0) return null;
    return {
      title: `Reads every row of ${list(read.map((one) => nameWithSize(input, one)))} before it becomes a partition of ${attached.key}.`,
      consequence: work.consequence,
      relations: read,
    };
  },
};
