import { resolveName } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** CREATE TABLE ... PARTITION OF reads the default partition for rows that now belong elsewhere. */
export const createPartitionScansDefault: Rule = {
  id: 'create-partition-scans-default',
  group: 'scan-under-lock',
  severity: 'error',
  about: ['create-table'],
  growsWithTable: true,
  summary: 'The default partition is read in full when a new one is created, while the parent is closed.',
  remedy:
    'Create the table apart, give the default partition a validated CHECK that rules the bound out, and ATTACH it: nothing is read, and the parent stays open.',
  check(input) {
    const { action } = input;
    const work = scannedUnderLock(input);
    if (work === null || action.kind !== 'create-table' || action.partitionOf === null) return null;
    const parent = relationKey(resolveName(input.catalog, action.partitionOf.parent));
    const read = list(work.relations.map((one) => nameWithSize(input, one)));
    return { title: `Reads every row of ${read} to create a partition of ${parent}.`, ...work };
  },
};
