import { locksInOrder, tablesInOrder } from '../locks-in-order.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** Two statements of one transaction that each close a table: the first stays closed while the second is waited for. */
export const strongLocksInTransaction: Rule = {
  id: 'strong-locks-in-transaction',
  severity: 'warning',
  ownRemedy: true,
  summary: 'Separate statements of one transaction close several tables in use, one after the other.',
  remedy: 'Commit after each of them, so that no transaction ever holds one table while it waits for another.',
  check(input) {
    const order = locksInOrder(input);
    if (order === null) return null;
    const { before, now } = order;
    // Once a transaction: a third table says nothing new.
    if (new Set(before.map(({ by }) => by)).size > 1) return null;
    const [first] = before;
    return {
      title: `Closes ${list(now)} while ${list(before.map(({ relation }) => relation))} is closed since line ${first?.by.line ?? 1}.`,
      consequence:
        'As long as it waits for the second table the first stays closed; a transaction of the application that uses both the other way round ends in a deadlock.',
      relations: tablesInOrder(order),
    };
  },
};
