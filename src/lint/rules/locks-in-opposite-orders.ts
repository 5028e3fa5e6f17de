import { placeOf } from '../held-locks.ts';
import { locksInOrder, oppositeOrder, tablesInOrder } from '../locks-in-order.ts';
import type { Rule } from '../rule.ts';

/** Two transactions of the same migrations that close two tables in opposite orders. */
export const locksInOppositeOrders: Rule = {
  id: 'locks-in-opposite-orders',
  group: 'strong-locks-in-transaction',
  severity: 'warning',
  ownRemedy: true,
  summary: 'Two transactions close the same two tables in opposite orders.',
  remedy: 'Lock tables in one order everywhere, or better: one table in each transaction.',
  check(input) {
    const order = locksInOrder(input);
    const opposite = order === null ? null : oppositeOrder(input, order);
    if (order === null || opposite === null) return null;
    const { first, second, there } = opposite;
    const [theirFirst, theirSecond] = there;
    return {
      title: `Closes ${first} before ${second}; ${placeOf(theirFirst, null)} closed ${second} first, then ${first}.`,
      consequence: `Whichever order the application keeps, either this transaction or the one that ends after line ${theirSecond.line} goes against it: one of the two can deadlock with it.`,
      relations: tablesInOrder(order),
    };
  },
};
