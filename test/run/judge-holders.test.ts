import { expect, test } from 'vitest';
import { judgeHolders } from '../../src/run/judge-holders.ts';
import type { Holder } from '../../src/run/observe-holders.ts';

const holder: Holder = {
  pid: 7,
  transaction: '7 3/11',
  relation: 'public.orders',
  mode: 'ACCESS SHARE',
  user: 'ann',
  applicationName: 'psql',
  state: 'active',
  ageMs: 100,
  backendType: 'client backend',
  backendStart: '2026-01-01 00:00:00+00',
  writes: false,
  isAutovacuum: false,
  isWraparound: false,
  prepared: false,
  query: "SELECT 'secret'",
};
const rules = { oldMs: 500, autovacuumYields: false };
const now = { sightings: new Map<string, number>(), lookingSince: 0, at: 10_000 };
const pids = (
  holders: readonly Holder[],
  how = rules,
  seen: Parameters<typeof judgeHolders>[1] = now,
): (number | null)[] => judgeHolders(holders, seen, how).blockers.map(({ pid }) => pid);

test('young holders are left to the lock timeout, old ones are waited for, the oldest first', () => {
  expect(pids([holder])).toEqual([]);
  const old = { ...holder, pid: 8, transaction: '8', ageMs: 501 };
  const older = { ...holder, pid: 9, transaction: '9', ageMs: 90_000 };
  expect(pids([holder, old, older])).toEqual([9, 8]);
});

test('a prepared transaction and a vacuum against wraparound are waited for at any age', () => {
  expect(pids([{ ...holder, pid: null, prepared: true, ageMs: 1 }])).toEqual([null]);
  const wraparound = { ...holder, isAutovacuum: true, isWraparound: true };
  expect(pids([wraparound], { oldMs: 500, autovacuumYields: true })).toEqual([7]);
});

test('an ordinary autovacuum is waited for only where it would not give way', () => {
  const vacuum = { ...holder, isAutovacuum: true, ageMs: 60_000 };
  expect(pids([vacuum])).toEqual([7]);
  expect(pids([vacuum], { oldMs: 500, autovacuumYields: true })).toEqual([]);
});

test('a transaction of unknown age is old until it was watched long enough to be proved young', () => {
  const unknown = { ...holder, ageMs: null };
  const first = judgeHolders([unknown], { sightings: new Map(), lookingSince: 0, at: 0 }, rules);
  expect(first.blockers).toHaveLength(1);
  // Half a second on, the same transaction is still there: old. Another one is new, so young.
  const same = judgeHolders([unknown], { sightings: first.sightings, lookingSince: 0, at: 600 }, rules);
  expect(same.blockers).toHaveLength(1);
  const other = judgeHolders(
    [{ ...unknown, transaction: '7 3/12' }],
    { sightings: first.sightings, lookingSince: 0, at: 600 },
    rules,
  );
  expect(other.blockers).toEqual([]);
});

test('a session is named once a relation, with its strongest mode, and without its literals', () => {
  const old = { ...holder, ageMs: 9_000 };
  const judged = judgeHolders(
    [old, { ...old, mode: 'ROW EXCLUSIVE' }, { ...old, relation: 'public.other' }],
    now,
    rules,
  );
  expect(judged.blockers.map(({ relation, mode, query }) => `${relation} ${mode} ${query}`)).toEqual([
    'public.orders ROW EXCLUSIVE SELECT ?',
    'public.other ACCESS SHARE SELECT ?',
  ]);
});
