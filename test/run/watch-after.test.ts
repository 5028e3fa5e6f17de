import type pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Weather } from '../../src/model/aftermath.ts';
import { concernsOf } from '../../src/run/judge-aftermath.ts';
import { undoOf } from '../../src/run/watch-after.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { gateStep, migration, plan, transactionStep } from './plan-fixture.ts';
import { createOrders, run, startRun, until, value } from './run-support.ts';

let database: TestDatabase;
let client: pg.Client;
beforeEach(async () => {
  database = await createTestDatabase(18);
  client = await database.client();
  await createOrders(client, 100);
});
afterEach(() => database.drop());

const step = transactionStep('01-add', 'ALTER TABLE orders ADD COLUMN extra int', {
  locks: ['public.orders ACCESS EXCLUSIVE'],
  undo: ['ALTER TABLE orders DROP COLUMN extra'],
});
const column = plan(migration('0001_column', [step]));
const OUTCOME = 'SELECT outcome FROM evenkeel.run WHERE finished_at IS NOT NULL';

test('the run is completed in the ledger and lets others in before the watch begins, and a signal ends it at once', async () => {
  const started = startRun(database, column, { afterWatchMs: 600_000 });
  await started.next('after:start');
  expect(await value(client, OUTCOME)).toBe('completed');
  expect(await value(client, "SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'")).toBe(0);
  expect((await run(database, column)).summary).toMatch(/^Nothing to do/);
  started.abort();
  expect((await started.result).outcome).toBe('completed');
  const [end] = started.of('after:end');
  expect(end).toMatchObject({ concerns: [], deadlocksDuring: 0, undo: step.undo });
  expect(end!.watchedMs).toBeLessThan(600_000);
});

test('who waits for locks and what runs long afterwards is told, with the way back', async () => {
  const started = startRun(database, column, { afterWatchMs: 3_000 });
  await started.next('after:start');
  const holder = await database.client();
  await holder.query('BEGIN; LOCK TABLE orders');
  const waiters = await Promise.all(Array.from({ length: 5 }, () => database.client()));
  const waits = waiters.map((waiter) => waiter.query('SELECT count(*) FROM orders'));
  await until(() => started.of('after:end').length === 1);
  await holder.query('COMMIT');
  await Promise.all(waits);
  expect(await started.result).toMatchObject({ outcome: 'completed', nextCommand: null });
  const [end] = started.of('after:end');
  expect(end!.concerns.join(' ')).toMatch(
    /5 sessions waited for locks, 0 before\..* A query ran for .* s; the slowest before/,
  );
  expect(end!.undo).toEqual(step.undo);
});

test('a run that changed nothing, or did not finish, is not watched', async () => {
  await run(database, column);
  expect((await run(database, column, { afterWatchMs: 600_000 })).of('after:start')).toEqual([]);
});

const calm: Weather = {
  deadlocks: null,
  rollbackShare: 0.1,
  waitingForLocks: 2,
  slowestQueryMs: 800,
  lagMs: 0,
  lagBytes: 0,
  deadRows: 0,
};

test('what is as before is no concern', () => {
  expect(
    concernsOf(calm, { ...calm, deadlocks: 0, rollbackShare: 0.15, waitingForLocks: 5, slowestQueryMs: 1_500 }),
  ).toEqual([]);
  expect(concernsOf(calm, { ...calm, rollbackShare: null, slowestQueryMs: null, lagMs: null, lagBytes: null })).toEqual(
    [],
  );
});

test('what is worse is said with the time before', () => {
  const worse = {
    deadlocks: 2,
    rollbackShare: 0.4,
    waitingForLocks: 9,
    slowestQueryMs: 4_000,
    lagMs: 20_000,
    lagBytes: 7,
    deadRows: 1,
  };
  expect(concernsOf(calm, worse)).toEqual([
    'There were 2 deadlocks.',
    '40 % of all transactions were rolled back, 10 % before.',
    '9 sessions waited for locks, 2 before.',
    'A query ran for 4.0 s; the slowest before had run for 0.8 s.',
    'A standby is 20.0 s and 7 bytes behind.',
  ]);
});

test('the way back is that of every step, the last first, or there is none', () => {
  const second = transactionStep('02-more', 'SELECT 1', { undo: ['SELECT 2', 'SELECT 3'] });
  const loses = transactionStep('03-drop', 'SELECT 4');
  expect(undoOf([migration('a', [step, gateStep('gate'), second])])).toEqual(['SELECT 2', 'SELECT 3', ...step.undo!]);
  expect(undoOf([migration('a', [step, { ...loses, undo: null }])])).toBeNull();
});
