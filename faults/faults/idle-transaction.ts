import type { Fault } from '../fault.ts';
import { heldOpen } from '../held-open.ts';

export const idleTransaction: Fault = heldOpen(
  {
    name: 'idle in transaction',
    sentence: "Somebody's transaction that has read and changed the table stands open for three seconds.",
  },
  ['BEGIN', 'SELECT count(*) FROM orders', 'UPDATE orders SET note = note WHERE writer = 0 AND number = 9'],
  'ROLLBACK',
);
