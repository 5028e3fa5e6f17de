import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alarmOf, startHistory, type VitalHistory, withReading } from '../../src/run/judge-vitals.ts';
import { DEFAULT_LIMITS } from '../../src/run/limits.ts';
import type { Vitals } from '../../src/run/read-vitals.ts';
import { startPostgresServer } from '../../src/server/postgres-server.ts';
import { startStandby } from '../support/start-standby.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { backfillStep, indexStep, migration, plan, transactionStep } from './plan-fixture.ts';
import { createOrders, run, startRun, type TestRun, until, value } from './run-support.ts';

const limits = DEFAULT_LIMITS.vitals;
const QUIET: Vitals = { at: 0, deadlocks: 0, commits: 900, rollbacks: 100, lagMs: 0, lagBytes: 0 };

/** One reading a second, each as the one before but for what is given. */
function read(history: VitalHistory, changes: readonly Partial<Vitals>[]): VitalHistory {
  return changes.reduce((known, change) => {
    const last = known.recent.at(-1)!;
    return withReading(known, { ...last, at: last.at + 1_000, ...change }, limits);
  }, history);
}

describe('what is held to be bad', () => {
  const start = startHistory(QUIET);

  test('a standby that is behind three times in a row, until it is under half of the limit as often', () => {
    const twice = read(start, [{ lagMs: 11_000 }, { lagMs: 12_000 }]);
    expect(alarmOf(twice, limits)).toBeNull();
    expect(alarmOf(read(twice, [{ lagMs: 0 }, { lagMs: 11_000 }, {}]), limits)).toBeNull();
    const raised = read(twice, [{ lagMs: 13_000 }]);
    expect(alarmOf(raised, limits)).toEqual({ sign: 'replication-lag', value: 13_000, limit: 10_000 });
    const better = read(raised, [{ lagMs: 6_000 }, {}, {}, { lagMs: 4_000 }, {}]);
    expect(alarmOf(better, limits)?.sign).toBe('replication-lag');
    expect(alarmOf(read(better, [{}]), limits)).toBeNull();
  });

  test('a standby that stands still shows by its distance', () => {
    const far = 300 * 1024 * 1024;
    expect(alarmOf(read(start, [{ lagBytes: far }, {}, {}]), limits)?.sign).toBe('replication-distance');
  });

  test('a standby that is late by intention, or hidden from the role, holds nobody up', () => {
    const late = startHistory({ ...QUIET, lagMs: 3_600_000, lagBytes: 9e9 });
    expect(alarmOf(read(late, [{}, {}, {}]), limits)).toBeNull();
    expect(alarmOf(read(start, [{ lagMs: null, lagBytes: null }, {}, {}]), limits)).toBeNull();
  });

  test('more deadlocks in a minute than three, and a minute later no more', () => {
    const some = read(start, [{ deadlocks: 3 }, {}, {}, {}]);
    expect(alarmOf(some, limits)).toBeNull();
    const many = read(some, [{ deadlocks: 4 }, {}, {}]);
    expect(alarmOf(many, limits)).toMatchObject({ sign: 'deadlocks', value: 4, limit: 3 });
    expect(
      alarmOf(
        read(
          many,
          Array.from({ length: 64 }, () => ({})),
        ),
        limits,
      ),
    ).toBeNull();
  });

  test('rolled back transactions, compared with the share of before and only among enough', () => {
    const few = read(start, [{ rollbacks: 120, commits: 900 }, {}, {}]);
    expect(alarmOf(few, limits)).toBeNull();
    const usual = read(start, [{ rollbacks: 125, commits: 1_000 }, {}, {}]);
    expect(alarmOf(usual, limits)).toBeNull();
    const many = read(start, [{ rollbacks: 200, commits: 1_000 }, {}, {}]);
    expect(alarmOf(many, limits)).toMatchObject({ sign: 'rollbacks', value: 0.5 });
  });

  test('counters that were reset meanwhile say nothing', () => {
    const reset = read(start, [{ rollbacks: 0, commits: 0, deadlocks: 0 }, {}, {}]);
    expect(alarmOf(reset, limits)).toBeNull();
  });
});

describe('on a server', () => {
  const quick = { ...limits, everyMs: 30, inRow: 2, fewestTransactions: 20 };
  let database: TestDatabase;
  let client: pg.Client;
  let app: pg.Client;

  beforeEach(async () => {
    database = await createTestDatabase(18);
    client = await database.client();
    app = await database.client();
    await createOrders(client, 100);
    await app.query('SELECT pg_stat_force_next_flush()');
  });
  afterEach(() => database.drop());

  /** So many transactions of the application, and the server's counters know at once. */
  async function transactions(end: 'COMMIT' | 'ROLLBACK', count: number): Promise<void> {
    for (let one = 0; one < count; one += 1) await app.query(`BEGIN; SELECT FROM orders WHERE id = 1; ${end}`);
    await app.query('SELECT pg_stat_force_next_flush() FROM orders WHERE id = 1');
  }

  async function provoke(started: TestRun, begun: () => Promise<boolean>): Promise<void> {
    await until(begun);
    await transactions('ROLLBACK', 400);
    const alarm = await started.next('alarm:raised');
    expect(alarm).toMatchObject({ sign: 'rollbacks', migration: '0001' });
    expect(alarm.value).toBeGreaterThan(alarm.limit);
  }

  async function calm(started: TestRun): Promise<void> {
    while (started.of('alarm:cleared').length === 0) await transactions('COMMIT', 500);
  }

  const validate = plan(
    migration('0001', [
      transactionStep('validate', 'ALTER TABLE orders VALIDATE CONSTRAINT positive', {
        locks: ['public.orders SHARE UPDATE EXCLUSIVE'],
        lockClass: 'scan',
        statementTimeoutMs: null,
        condition: "SELECT convalidated FROM pg_constraint WHERE conname = 'positive'",
      }),
    ]),
  );
  const slowCheck = (
    table = 'pace',
  ): string => `CREATE TABLE ${table} (seconds float8); INSERT INTO ${table} VALUES (0.2);
    CREATE FUNCTION slowly() RETURNS boolean LANGUAGE sql VOLATILE AS
      'SELECT pg_sleep((SELECT seconds FROM ${table})) IS NOT NULL';
    ALTER TABLE orders ADD CONSTRAINT positive CHECK (slowly()) NOT VALID`;
  const sleeping = async (): Promise<boolean> =>
    (await value<number>(
      client,
      "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'",
    )) === 1;

  test('a scan is taken back when the application begins to fail, and goes on when it is well again', async () => {
    await client.query(slowCheck());
    const started = startRun(database, validate, { limits: { vitals: quick } });
    await provoke(started, sleeping);
    expect(await value(client, "SELECT convalidated FROM pg_constraint WHERE conname = 'positive'")).toBe(false);
    await client.query('UPDATE pace SET seconds = 0');
    await calm(started);
    expect((await started.result).outcome).toBe('completed');
    expect(await value(client, "SELECT convalidated FROM pg_constraint WHERE conname = 'positive'")).toBe(true);
  });

  test('a sign that stays bad stops the run resumably', async () => {
    await client.query(slowCheck());
    const started = startRun(database, validate, { limits: { vitals: quick, maxLockWaitMs: 300, calmWaitMs: 50 } });
    await provoke(started, sleeping);
    const result = await started.result;
    expect(result).toMatchObject({ outcome: 'stopped', nextCommand: 'evenkeel apply migrations' });
    expect(result.summary).toMatch(/The share of transactions that are rolled back stayed too bad to go on/);
    await client.query('UPDATE pace SET seconds = 0');
    expect((await run(database, validate)).outcome).toBe('completed');
  });

  test('a concurrent build is taken back with nothing left behind, and built in the end', async () => {
    const build = plan(
      migration('0001', [
        indexStep('index', 'CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note)', { condition: 'SELECT true' }),
      ]),
    );
    // An old snapshot keeps the build in its last phase, and clearing its remains away waits for none.
    const reader = await database.client();
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
    const started = startRun(database, build, { limits: { vitals: quick } });
    await provoke(started, async () => {
      const waits =
        "SELECT count(*)::int FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONC%' AND wait_event_type = 'Lock'";
      return (await value<number>(client, `${waits} AND datname = current_database()`)) === 1;
    });
    await reader.query('COMMIT');
    await calm(started);
    expect((await started.result).outcome).toBe('completed');
    expect(await value(client, 'SELECT bool_and(indisvalid) FROM pg_index')).toBe(true);
  });

  test('rows of a transaction are taken back whole', async () => {
    const rows = plan(
      migration('0001', [
        transactionStep('rows', ['UPDATE orders SET changed = changed + 1', 'SELECT pg_sleep(60)'], {
          lockClass: 'rows',
          statementTimeoutMs: null,
        }),
      ]),
    );
    const started = startRun(database, rows, { limits: { vitals: quick } });
    await provoke(started, sleeping);
    expect(await value(client, 'SELECT max(changed) FROM orders')).toBe(0);
    started.abort();
    expect((await started.result).outcome).toBe('stopped');
  });
});

test('a backfill waits for a standby that stands still', async () => {
  const server = await startPostgresServer({ major: 18, settings: { wal_level: 'replica', max_wal_senders: '5' } });
  const standby = await startStandby(server, 'replica');
  try {
    const { Client } = (await import('pg')).default;
    const [session, replica] = [new Client(server.url()), new Client(standby.url())];
    await session.connect();
    await replica.connect();
    await createOrders(session, 20_000);
    await until(async () => (await value<number>(session, 'SELECT count(*)::int FROM pg_stat_replication')) === 1);
    const copy = plan(migration('0001', [backfillStep('copy')]));
    await replica.query('SELECT pg_wal_replay_pause()');
    const vitals = { ...limits, everyMs: 30, inRow: 2, lagBytes: 500_000 };
    const database = { name: 'postgres', url: server.url(), port: server.port } as TestDatabase;
    const started = startRun(database, copy, { limits: { vitals } });
    const alarm = await started.next('alarm:raised');
    expect(alarm).toMatchObject({ sign: 'replication-distance', step: 'copy' });
    const before = await value<number>(session, 'SELECT count(*)::int FROM orders WHERE changed > 0');
    await replica.query('SELECT pg_wal_replay_resume()');
    expect((await started.result).outcome).toBe('completed');
    expect(before).toBeLessThan(20_000);
    expect(started.of('alarm:cleared')).toHaveLength(started.of('alarm:raised').length);
    await session.end();
    await replica.end();
  } finally {
    await standby.stop();
    await server.stop();
  }
});
