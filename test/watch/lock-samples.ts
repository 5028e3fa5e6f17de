import fc from 'fast-check';
import { LOCK_MODES, type LockMode } from '../../src/model/lock-mode.ts';
import type { LockSample, SampledLock, SampledSession } from '../../src/watch/lock-sample.ts';

/** A session that nothing special is known of. */
export function session(id: string, more: Partial<SampledSession> = {}): SampledSession {
  return {
    id,
    pid: Number(id),
    leader: null,
    isRun: false,
    user: 'app',
    applicationName: 'shop',
    state: 'active',
    transactionMs: 10,
    isAutovacuum: false,
    query: 'SELECT * FROM orders WHERE id = ?',
    ...more,
  };
}

/** A lock on a table; `waitedMs` null: it is held. */
export function lock(id: string, on: string, mode: LockMode, waitedMs: number | null): SampledLock {
  return {
    tag: `relation ${on}`,
    thing: 'relation',
    on,
    mode,
    granted: waitedMs === null,
    session: id,
    waitedMs: waitedMs ?? 0,
  };
}

const mode = fc.constantFrom(...LOCK_MODES);

/** Anything that lock tables could hold: a session waits for one thing at most. */
export const anySample: fc.Arbitrary<LockSample> = fc
  .record({
    sessions: fc.integer({ min: 1, max: 12 }),
    held: fc.array(fc.tuple(fc.nat(11), fc.nat(3), mode), { maxLength: 20 }),
    wanted: fc.uniqueArray(fc.tuple(fc.nat(11), fc.nat(3), mode, fc.nat(50)), { selector: ([one]) => one }),
    shapes: fc.array(fc.constantFrom('SELECT ?', 'UPDATE t SET a = ?'), { minLength: 12, maxLength: 12 }),
  })
  .map(({ sessions, held, wanted, shapes }) => {
    const id = (one: number): string => String(100 + (one % sessions));
    const waiting = new Set<string>();
    const requests = wanted.flatMap(([one, table, wantedMode, waitedMs]) => {
      if (waiting.has(id(one))) return [];
      waiting.add(id(one));
      return [lock(id(one), `public.t${table}`, wantedMode, waitedMs)];
    });
    return {
      sessions: Array.from({ length: sessions }, (_, one) => session(id(one), { query: shapes[one] ?? null })),
      locks: [...held.map(([one, table, heldMode]) => lock(id(one), `public.t${table}`, heldMode, null)), ...requests],
    };
  });

/** A report, the run behind it, and `count` requests behind the run. */
export function queueBehindRun(count: number): LockSample {
  const requests = Array.from({ length: count }, (_, at) => String(1000 + at));
  return {
    sessions: [
      session('812', { applicationName: 'metabase', transactionMs: 252_000, query: 'SELECT sum(total) FROM orders' }),
      session('900', { applicationName: 'evenkeel:worker:r', isRun: true, query: 'ALTER TABLE orders ADD note text' }),
      ...requests.map((id) => session(id)),
    ],
    locks: [
      lock('812', 'public.orders', 'ACCESS SHARE', null),
      lock('900', 'public.orders', 'ACCESS EXCLUSIVE', 40),
      ...requests.map((id, at) => lock(id, 'public.orders', 'ACCESS SHARE', 38 - (38 * at) / count)),
    ],
  };
}
