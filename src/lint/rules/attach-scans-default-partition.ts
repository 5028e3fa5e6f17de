import { alterCommandOf } from '../alter-command-of.ts';
import { defaultPartition } from '../default-partition.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** ATTACH PARTITION reads the default partition for rows that now belong elsewhere. */
export const attachScansDefaultPartition: Rule = {
  id: 'attach-scans-default-partition',
  group: 'scan-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['attach-partition'],
  growsWithTable: true,
  perCommand: true,
  summary: 'The default partition is read in full when another one is attached.',
  remedy:
    'Give the default partition a CHECK that rules the new bound out, NOT VALID and then validated; ATTACH believes it and reads nothing.',
  check(input) {
    const attached = alterCommandOf(input, 'attach-partition');
    const work = scannedUnderLock(input);
    if (attached === null || work === null) return null;
    const fallback = defaultPartition(input.catalog, attached.key);
    const read = work.relations.filter((relation) => fallback.includes(relation));
    if (read.length === 0) return null;
    return {
      title: `Reads every row of the default partition ${list(read.map((one) => nameWithSize(input, one)))} to attach another one.`,
      consequence: `${work.consequence} New rows that fall into the default partition wait as well.`,
      relations: read,
    };
  },
};
