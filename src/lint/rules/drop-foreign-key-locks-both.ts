import { alterCommandOf } from '../alter-command-of.ts';
import { closedTables } from '../closed-tables.ts';
import type { Rule } from '../rule.ts';
import { hasShortLockTimeout } from '../short-lock-timeout.ts';
import { list } from '../who-waits.ts';

/** Dropping a foreign key closes the table that it refers to as well. */
export const dropForeignKeyLocksBoth: Rule = {
  id: 'drop-foreign-key-locks-both',
  group: 'several-strong-locks',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['drop-constraint'],
  ownRemedy: true,
  perCommand: true,
  summary: 'Dropping a foreign key closes the table that it refers to as well.',
  remedy:
    'Run it by itself with a lock_timeout of 100 ms and retries, when neither table is held by a long transaction.',
  check(input) {
    const found = alterCommandOf(input, 'drop-constraint');
    const constraint = found?.table?.constraints.find((one) => one.name === found.command.name);
    if (found == null || constraint?.kind !== 'foreign-key') return null;
    const closed = closedTables(input);
    const others = closed.filter((one) => one !== found.key);
    if (closed.length < 2 || input.facts.failure !== null || hasShortLockTimeout(input.session)) return null;
    return {
      title: `Drops the foreign key ${constraint.name} of ${found.key}, and closes ${list(others)} to everybody, too.`,
      consequence:
        'While it waits for one of the two the other is closed already; a transaction that uses both can deadlock with it.',
      relations: closed,
    };
  },
};
