import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { afterBatchFailure, batchFailureKind } from '../../src/backfill/batch-failure.ts';
import { progressRate, withSample } from '../../src/backfill/progress-meter.ts';
import { DatabaseError, ServerUnavailableError } from '../../src/model/error.ts';
import { until, value } from '../run/run-support.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { startTry } from './backfill-support.ts';

test.each([
  ['55P03', 'locked'],
  ['40P01', 'locked'],
  ['40001', 'locked'],
  ['57014', 'locked'],
  ['22P02', 'data'],
  ['23505', 'data'],
  ['P0001', 'data'],
  ['EK002', 'range-lost'],
  ['53100', 'resources'],
  ['42703', 'fault'],
  ['XX000', 'fault'],
])('%s is a matter of %s', (sqlstate, kind) => {
  expect(batchFailureKind(new DatabaseError('no', { sqlstate, detail: null, recovery: 'fix' }))).toBe(kind);
});

test('a lost session is no matter of rows', () => {
  expect(batchFailureKind(new ServerUnavailableError('gone'))).toBe('connection');
});

test('a batch that fails is halved down to the one row that is to blame', () => {
  const sizes: number[] = [];
  for (let size = 1_000; ; ) {
    const next = afterBatchFailure(size);
    if (next.kind === 'put-aside') break;
    size = next.size;
    sizes.push(size);
  }
  expect(sizes).toEqual([500, 250, 125, 62, 31, 15, 7, 3, 1]);
});

test('what is left is told as a range: at the best and at the worst pace of the last minute', () => {
  let samples: Parameters<typeof withSample>[0] = [];
  const tell = (atMs: number, fraction: number) => {
    samples = withSample(samples, { atMs, fraction, rowsDone: fraction * 1_000 });
  };
  tell(0, 0);
  expect(progressRate(samples).etaMs).toBeNull();
  tell(10_000, 0.2);
  expect(progressRate(samples)).toEqual({ rowsPerSecond: 20, etaMs: [40_000, 40_000] });
  tell(20_000, 0.3);
  expect(progressRate(samples)).toEqual({ rowsPerSecond: 10, etaMs: [35_000, 70_000] });
  // Held for a while: the pace of then is forgotten after a minute.
  tell(100_000, 0.3);
  expect(samples).toHaveLength(1);
});

const COUNT_UP = 'UPDATE orders SET n = n + 1';
const VALUES = "SELECT string_agg(DISTINCT n::text, ',' ORDER BY n::text) FROM orders";

describe.each([13, 18])('PostgreSQL %i', (major) => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeEach(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
    await client.query(`CREATE TABLE orders (id int PRIMARY KEY, n int NOT NULL DEFAULT 0, note text);
      INSERT INTO orders (id, note) SELECT i, i::text FROM generate_series(1, 3000) i`);
  });
  afterEach(() => database.drop());

  test('rows that somebody keeps locked are left for the end, by name, and are done once they are free', async () => {
    const holder = await database.client();
    await holder.query(
      "BEGIN; SET application_name = 'nightly'; UPDATE orders SET note = 'mine' WHERE id IN (700, 1500, 3000)",
    );
    const settings = { workers: 2, lockTimeoutMs: 150 };
    const started = startTry(database, COUNT_UP, { settings, rangeRows: 1_000 });
    await until(async () => (await value<number>(client, 'SELECT sum(n)::int FROM orders')) === 2_997);
    await until(() => started.of('backfill:row-locked').length > 5);
    expect(started.of('backfill:row-locked').map(({ sentence }) => sentence)).toContainEqual(
      expect.stringMatching(
        /^public\.orders: server process \d+ \(nightly, user postgres, idle in transaction\), .* holds a row of it/,
      ),
    );
    await holder.query('COMMIT');
    expect(await started.result).toBe('finished');
    expect(await value(client, VALUES)).toBe('1');
    expect(await value(client, "SELECT count(*)::int FROM orders WHERE note = 'mine'")).toBe(3);
  });

  test('rows that stay locked past the limit stop it, resumably, with all others done', async () => {
    const holder = await database.client();
    await holder.query("BEGIN; UPDATE orders SET note = 'mine' WHERE id = 700");
    const started = startTry(database, COUNT_UP, { settings: { lockTimeoutMs: 50, maxWaitMs: 200 } });
    expect(await started.result).toBe('stopped');
    expect(started.of('backfill:end')[0]).toMatchObject({
      rowsDone: 2_999,
      summary: expect.stringMatching(/stayed locked by others/),
      nextCommand: 'evenkeel backfill resume 1',
    });
    await holder.query('COMMIT');
    expect(await startTry(database, COUNT_UP).result).toBe('finished');
    expect(await value(client, VALUES)).toBe('1');
  });

  test('who waits for a batch is let through: the batch is cancelled and halved', async () => {
    await client.query(`CREATE FUNCTION slowly(n int) RETURNS int LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(0.003); RETURN n + 1; END $$; DELETE FROM orders WHERE id > 1000`);
    const started = startTry(database, 'UPDATE orders SET n = slowly(n)', { settings: { batchTargetMs: 3_000 } });
    const busy =
      "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'WITH changed%' AND state = 'active'";
    await until(async () => (await value<number>(client, busy)) > 0);
    // The first row is locked some milliseconds after the beginning of the batch, which would take three seconds.
    await client.query('SELECT pg_sleep(0.3)');
    await client.query("UPDATE orders SET note = 'me first' WHERE id = 1");
    expect(await started.result).toBe('finished');
    expect(await value(client, VALUES)).toBe('1');
    expect(await value(client, 'SELECT sum(batches)::int FROM evenkeel.backfill_range')).toBeGreaterThan(1);
    expect(await value(client, 'SELECT note FROM orders WHERE id = 1')).toBe('me first');
  });

  test('a row that cannot be changed stops it with its key, and is put aside where there is room', async () => {
    await client.query(
      "ALTER TABLE orders ADD COLUMN number int; UPDATE orders SET note = 'twelve' WHERE id IN (12, 2012)",
    );
    const statement = 'UPDATE orders SET n = n + 1, number = note::int';
    const first = startTry(database, statement, { settings: { workers: 2 }, rangeRows: 1_000 });
    expect(await first.result).toBe('failed');
    expect(first.of('backfill:end')[0]).toMatchObject({
      outcome: 'failed',
      summary: expect.stringMatching(
        /The row of public\.orders with id = (12|2012) cannot be changed: .*"twelve".* \(SQLSTATE 22P02\), and its failure budget is 0\./,
      ),
    });
    expect(await value(client, 'SELECT state FROM evenkeel.backfill')).toBe('failed');
    const second = startTry(database, statement, { settings: { failureBudget: 2 } });
    expect(await second.result).toBe('finished');
    expect(second.of('backfill:row-put-aside').map(({ key }) => key)).toEqual([{ id: '12' }, { id: '2012' }]);
    expect(second.of('backfill:end')[0]).toMatchObject({ rowsDone: 2_998, rowsPutAside: 2 });
    expect(await value(client, "SELECT string_agg(id::text, ',' ORDER BY id) FROM orders WHERE n <> 1")).toBe(
      '12,2012',
    );
    expect(await value(client, "SELECT string_agg(DISTINCT sqlstate, ',') FROM evenkeel.backfill_row")).toBe('22P02');
  });

  test('a row that cannot be changed in a table without a key: its neighbours in the block are changed', async () => {
    await client.query(`CREATE TABLE lines (note text, number int);
      INSERT INTO lines SELECT CASE WHEN i IN (5, 1500) THEN 'five' ELSE i::text END FROM generate_series(1, 3000) i`);
    const statement = 'UPDATE lines SET number = note::int WHERE number IS NULL';
    const started = startTry(database, statement, { settings: { failureBudget: 5, workers: 2 } });
    expect(await started.result).toBe('finished');
    expect(await value(client, 'SELECT count(*)::int FROM lines WHERE number IS NULL')).toBe(2);
    expect(await value(client, 'SELECT rows_put_aside FROM evenkeel.backfill')).toBe(2);
    expect(await value(client, 'SELECT sum(rows_done)::int FROM evenkeel.backfill_range')).toBe(2_998);
  });

  test('a session that is ended by somebody comes back, and no row is changed twice', async () => {
    const started = startTry(database, COUNT_UP, {
      settings: { workers: 3, dutyCycle: 0.1, batchTargetMs: 5 },
      rangeRows: 500,
    });
    await until(async () => (await value<number>(client, 'SELECT sum(n)::int FROM orders')) > 0);
    const ended = await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name ~ '^evenkeel:backfill:1:\\d'",
    );
    expect(ended.rowCount).toBeGreaterThan(0);
    expect(`${await started.result} ${started.of('backfill:end')[0]!.summary}`).toMatch(/^finished /);
    expect(await value(client, VALUES)).toBe('1');
  });
});
