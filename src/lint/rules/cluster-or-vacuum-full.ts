import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** CLUSTER and VACUUM FULL: the table is closed to everybody while it is written anew. */
export const clusterOrVacuumFull: Rule = {
  id: 'cluster-or-vacuum-full',
  group: 'rewrite-under-lock',
  severity: 'error',
  about: ['cluster', 'vacuum'],
  growsWithTable: true,
  summary: 'CLUSTER and VACUUM FULL close the table until it is written anew.',
  remedy:
    'Use plain VACUUM, which lets everybody work on; where space must go back, rebuild with a tool that copies online.',
  check(input) {
    const { action, facts } = input;
    const isFull = action.kind === 'vacuum' && action.full;
    const rewritten = facts.rewrites.filter((one) => input.isUsed(one));
    if ((action.kind !== 'cluster' && !isFull) || rewritten.length === 0) return null;
    return {
      title: `Writes ${list(rewritten.map((one) => nameWithSize(input, one)))} and all its indexes anew under ACCESS EXCLUSIVE.`,
      consequence:
        'Every read and write waits until the last index is built; it needs as much free space as the table has.',
      relations: rewritten,
    };
  },
};
