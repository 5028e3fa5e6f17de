import type { LockSample } from '../../src/watch/lock-sample.ts';
import { lock, session } from '../../test/watch/lock-samples.ts';

/** As the server has it, with its literals. */
const CHANGE = { query: 'UPDATE orders SET total = total + 1 WHERE id = 17' };

/** Rows as the server would answer them: the queries still have their literals. */
export type Waiters = LockSample;

/** A report, the ALTER of a run behind it, and the requests of an application behind both. */
export function queueBehindRun(count: number, differ = false): Waiters {
  const ids = numbers(count);
  const query = (id: string): string =>
    `SELECT id, customer_id, total FROM orders WHERE customer_id = ${differ ? id : 7} AND note = 'note ${differ ? id : ''}' ORDER BY created_at DESC LIMIT 20`;
  return {
    sessions: [
      session('1', { applicationName: 'reports', query: 'SELECT sum(total) FROM orders' }),
      session('2', { isRun: true, query: 'ALTER TABLE orders ADD COLUMN note text' }),
      ...ids.map((id) => session(id, { query: query(id) })),
    ],
    locks: [
      lock('1', 'public.orders', 'ACCESS SHARE', null),
      lock('2', 'public.orders', 'ACCESS EXCLUSIVE', 100),
      ...ids.map((id, at) =>
        lock(id, 'public.orders', at % 5 === 0 ? 'ROW EXCLUSIVE' : 'ACCESS SHARE', 99 - (99 * at) / count),
      ),
    ],
  };
}

/** The first waits for the transaction that changed the row, the others for the first. */
export function hotRow(count: number): Waiters {
  const [first = '', ...others] = numbers(count);
  return {
    sessions: [session('1', CHANGE), session(first, CHANGE), ...others.map((id) => session(id, CHANGE))],
    locks: [
      lock('1', 'a transaction', 'EXCLUSIVE', null),
      lock(first, 'a transaction', 'SHARE', 100),
      lock(first, 'a row of public.orders', 'EXCLUSIVE', null),
      ...others.map((id, at) => lock(id, 'a row of public.orders', 'EXCLUSIVE', 99 - (99 * at) / count)),
    ],
  };
}

/** Nothing can be put together. */
export function strangers(count: number): Waiters {
  const ids = numbers(count);
  return {
    sessions: [session('1', CHANGE), ...ids.map((id) => session(id, { ...CHANGE, applicationName: `service ${id}` }))],
    locks: [
      lock('1', 'public.orders', 'ACCESS EXCLUSIVE', null),
      ...ids.map((id) => lock(id, 'public.orders', 'ROW EXCLUSIVE', 10)),
    ],
  };
}

export function chainOfRows(count: number): Waiters {
  const ids = numbers(count);
  return {
    sessions: ids.map((id) => session(id, CHANGE)),
    locks: ids.flatMap((id, at) => [
      lock(id, `row ${at}`, 'EXCLUSIVE', null),
      ...(at === 0 ? [] : [lock(id, `row ${at - 1}`, 'EXCLUSIVE', 10)]),
    ]),
  };
}

function numbers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => String(at + 1_000));
}
