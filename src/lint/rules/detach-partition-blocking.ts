import { resolveName } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { alterCommandOf } from '../alter-command-of.ts';
import { closedTables } from '../closed-tables.ts';
import { defaultPartition } from '../default-partition.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

const CONCURRENTLY_SINCE = 14;

/** DETACH PARTITION without CONCURRENTLY closes the parent. */
export const detachPartitionBlocking: Rule = {
  id: 'detach-partition-blocking',
  group: 'several-strong-locks',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['detach-partition'],
  perCommand: true,
  summary: 'DETACH PARTITION without CONCURRENTLY closes the parent and the partition.',
  remedy: 'DETACH PARTITION ... CONCURRENTLY, outside a transaction.',
  check(input) {
    const found = alterCommandOf(input, 'detach-partition');
    const closed = closedTables(input);
    if (found === null || found.command.concurrently || !closed.includes(found.key)) return null;
    const partition = relationKey(resolveName(input.catalog, found.command.partition));
    const canWait =
      input.version.major >= CONCURRENTLY_SINCE && defaultPartition(input.catalog, found.key).length === 0;
    const remedy =
      'Take the locks with a lock_timeout of 100 ms and retries, when no long transaction holds the parent.';
    return {
      title: `Detaches ${partition} while ${list(closed)} ${closed.length === 1 ? 'is' : 'are'} closed.`,
      consequence: `ACCESS EXCLUSIVE on ${found.key}: while it waits for one long query, every read and write of the table and its partitions waits behind it.`,
      ...(canWait ? {} : { remedy }),
      ...(canWait || closed.length > 1 ? {} : { severity: 'info' }),
      relations: closed,
    };
  },
};
