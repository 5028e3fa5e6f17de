import type { Action } from '../../model/action.ts';
import { partitionsOf, resolveName, tableOf } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { closedTables } from '../closed-tables.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

const REMEDY =
  'Where the change may be made partition by partition, do that first and the parent last, with ONLY; else take the locks with a short lock_timeout and retries.';

/** One statement on a partitioned table closes its partitions, too. */
export const partitionFanOut: Rule = {
  id: 'partition-fan-out',
  group: 'several-strong-locks',
  severity: 'warning',
  summary: 'A statement on a partitioned table closes all of its partitions at once.',
  remedy: REMEDY,
  check(input) {
    const { action, catalog } = input;
    const closed = closedTables(input);
    const root = closed.find((one) => tableOf(catalog, one)?.partitionBy != null);
    if (root === undefined || closed.length < 2 || isAboutPartition(action)) return null;
    const below = new Set(partitionsOf(catalog, root));
    const partitions = closed.filter((one) => one !== root);
    const dropped = action.kind === 'drop' ? action.names.map((name) => relationKey(resolveName(catalog, name))) : [];
    if (!partitions.every((one) => below.has(one)) || dropped.some((one) => below.has(one))) return null;
    const count = `${partitions.length} partition${partitions.length === 1 ? '' : 's'}`;
    return {
      title: `Locks ${root} and ${count} of it against everybody: ${list(partitions)}.`,
      consequence:
        'The locks are taken one after the other and all kept: while it waits for one partition, those before it and the parent are closed already.',
      remedy: REMEDY,
      relations: closed,
    };
  },
};

/** Those have rules of their own. */
function isAboutPartition(action: Action): boolean {
  return (
    action.kind === 'alter-table' &&
    action.commands.some((one) => one.kind === 'detach-partition' || one.kind === 'attach-partition')
  );
}
