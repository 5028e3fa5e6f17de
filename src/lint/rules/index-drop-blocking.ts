import { findIndex } from '../../model/catalog-lookup.ts';
import { blockingLocks } from '../blocking-locks.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** DROP INDEX closes the whole table; there is a form that closes nothing. */
export const indexDropBlocking: Rule = {
  id: 'index-drop-blocking',
  group: 'lock-queue',
  severity: 'warning',
  about: ['drop'],
  summary: 'DROP INDEX without CONCURRENTLY closes the table of the index to everybody.',
  remedy: 'Drop it with DROP INDEX CONCURRENTLY, outside a transaction and without a lock_timeout.',
  check(input) {
    const { action, facts, catalog } = input;
    if (action.kind !== 'drop' || action.object !== 'index' || action.concurrently || facts.failure !== null)
      return null;
    // The index of a partitioned table cannot be dropped in another way.
    const places = action.names.map((name) => findIndex(catalog, name));
    if (places.some((place) => place?.relation.kind === 'table' && place.relation.partitionBy !== null)) return null;
    const locks = blockingLocks(input).map((lock) => lock.relation);
    if (locks.length === 0) return null;
    return {
      title: `Drops ${list(action.names.map((one) => one.name))} under a lock that closes ${list(locks)} to everybody.`,
      consequence:
        'Dropping takes a moment, but while it waits behind one long query, every read and write of the table waits behind it.',
      relations: locks,
    };
  },
};
