import { blockingLocks } from '../blocking-locks.ts';
import { newForeignKeys } from '../foreign-key-definitions.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** Several foreign keys in one ALTER TABLE: three tables and more are closed to writers at once. */
export const severalForeignKeysAtOnce: Rule = {
  id: 'several-foreign-keys-at-once',
  group: 'lock-queue',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['add-column', 'add-constraint'],
  ownRemedy: true,
  summary: 'Several foreign keys in one statement keep writers out of three tables or more at once.',
  remedy: 'Add each foreign key in a statement and a transaction of its own, NOT VALID and with a short lock_timeout.',
  check(input) {
    const { action, facts } = input;
    if (action.kind !== 'alter-table' || facts.failure !== null) return null;
    const keys = newForeignKeys(input);
    const locked = blockingLocks(input).map((lock) => lock.relation);
    const named = new Set([...keys.map((one) => one.referenced), ...keys.map((one) => one.key)]);
    const tables = locked.filter((one) => named.has(one));
    if (keys.length < 2 || tables.length < 3) return null;
    return {
      title: `Adds ${keys.length} foreign keys at once, and keeps writers out of ${list(tables)} together.`,
      consequence:
        'While it waits for one of them the others are closed already, and transactions that write to them in another order can deadlock with it.',
      relations: locked,
    };
  },
};
