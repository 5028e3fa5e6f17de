import type { LockMode } from '../../src/model/lock-mode.ts';
import type { LockSample, SampledLock, SampledSession } from '../../src/watch/lock-sample.ts';

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
    sessions: [session('1'), session(first), ...others.map((id) => session(id))],
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
    sessions: [session('1'), ...ids.map((id) => session(id, { applicationName: `service ${id}` }))],
    locks: [
      lock('1', 'public.orders', 'ACCESS EXCLUSIVE', null),
      ...ids.map((id) => lock(id, 'public.orders', 'ROW EXCLUSIVE', 10)),
    ],
  };
}

export function chainOfRows(count: number): Waiters {
  const ids = numbers(count);
  return {
    sessions: ids.map((id) => session(id)),
    locks: ids.flatMap((id, at) => [
      lock(id, `row ${at}`, 'EXCLUSIVE', null),
      ...(at === 0 ? [] : [lock(id, `row ${at - 1}`, 'EXCLUSIVE', 10)]),
    ]),
  };
}

function numbers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => String(at + 1_000));
}

function session(id: string, more: Partial<SampledSession> = {}): SampledSession {
  return {
    id,
    pid: Number(id),
    leader: null,
    isRun: false,
    user: 'app',
    applicationName: 'shop',
    state: 'active',
    transactionMs: 100,
    isAutovacuum: false,
    query: `UPDATE orders SET total = total + 1 WHERE id = 17`,
    ...more,
  };
}

function lock(id: string, on: string, mode: LockMode, waitedMs: number | null): SampledLock {
  const granted = waitedMs === null;
  return { tag: on, thing: 'relation', on, mode, granted, session: id, waitedMs: waitedMs ?? 0 };
}
