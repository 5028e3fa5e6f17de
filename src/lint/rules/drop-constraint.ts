import type { TableConstraint } from '../../model/catalog.ts';
import { alterCommandOf } from '../alter-command-of.ts';
import { blockingLocks } from '../blocking-locks.ts';
import type { Rule } from '../rule.ts';

/** A promise about the rows ends. */
export const dropConstraint: Rule = {
  id: 'drop-constraint',
  group: 'lock-queue',
  severity: 'info',
  about: ['alter-table'],
  commands: ['drop-constraint'],
  perCommand: true,
  summary: 'A constraint goes: what it kept out may come in from now on, and its index goes with it.',
  remedy: 'Make sure that no code relies on it; run it with a lock_timeout of 100 ms and retries.',
  check(input) {
    const found = alterCommandOf(input, 'drop-constraint');
    const constraint = found?.table?.constraints.find((one) => one.name === found.command.name);
    if (found == null || constraint === undefined || input.facts.failure !== null || !input.isUsed(found.key))
      return null;
    const effect = EFFECTS[constraint.kind];
    return {
      title: `Drops ${constraint.name} of ${found.key}: ${effect}.`,
      consequence: `The work is a moment, but while it waits behind one long query, every read and write of the table waits behind it. Once rows have come in that break the constraint, it cannot be added again.`,
      relations: blockingLocks(input).map((lock) => lock.relation),
    };
  },
};

const EFFECTS: Readonly<Record<TableConstraint['kind'], string>> = {
  'primary-key': 'duplicates may come in, and the index that finds rows by their key goes with it',
  unique: 'duplicates may come in, and its index goes with it',
  'foreign-key': 'rows may refer to rows that are not there',
  check: 'rows that break it may come in',
  'not-null': 'NULL may come in',
  exclude: 'rows that exclude each other may come in, and its index goes with it',
};
