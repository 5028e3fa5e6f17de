import type { Fault } from '../fault.ts';
import { heldOpen } from '../held-open.ts';

export const longCursor: Fault = heldOpen(
  {
    name: 'long cursor',
    sentence: 'Somebody reads the table through a cursor for three seconds.',
  },
  ['BEGIN', 'DECLARE c CURSOR FOR SELECT * FROM orders', 'FETCH 10 FROM c'],
  'COMMIT',
);
