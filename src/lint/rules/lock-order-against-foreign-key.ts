import { locksInOrder, pairOfForeignKey, tablesInOrder } from '../locks-in-order.ts';
import type { Rule } from '../rule.ts';

/** Two tables with a foreign key between them, closed one after the other: whoever writes both meets it halfway. */
export const lockOrderAgainstForeignKey: Rule = {
  id: 'lock-order-against-foreign-key',
  group: 'strong-locks-in-transaction',
  severity: 'warning',
  ownRemedy: true,
  summary: 'Two tables tied by a foreign key are closed one after the other in one transaction.',
  remedy: 'Give each of the two statements a transaction of its own, with a lock_timeout below one second.',
  check(input) {
    const order = locksInOrder(input);
    const pair = order === null ? null : pairOfForeignKey(order, input.catalog);
    if (order === null || pair === null) return null;
    const { first, second } = pair;
    return {
      title: `Closes ${second} after ${first.relation} (line ${first.by.line}), and a foreign key ties the two together.`,
      consequence:
        'The application writes both in one transaction, parent before child or child before parent: the order that differs from this one ends in a deadlock, and a request is cancelled.',
      relations: tablesInOrder(order),
    };
  },
};
