import type { Fault } from '../fault.ts';
import { heldOpen } from '../held-open.ts';

export const dump: Fault = heldOpen(
  {
    name: 'dump',
    sentence: 'A dump holds ACCESS SHARE on all tables and an old snapshot for three seconds.',
  },
  [
    'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
    'LOCK TABLE customers, orders IN ACCESS SHARE MODE',
    'SELECT count(*) FROM customers',
  ],
  'COMMIT',
);
