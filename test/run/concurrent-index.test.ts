import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { indexStep, migration, plan } from './plan-fixture.ts';
import { createOrders, run, startRun, until, value } from './run-support.ts';

let database: TestDatabase;
let client: pg.Client;

const CREATE = 'CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note)';
const INVALID = 'SELECT count(*)::int FROM pg_index WHERE NOT indisvalid';
const VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_note_idx'::regclass";
const STEP = "SELECT state FROM evenkeel.step WHERE id = '01-index'";

const createIndex = plan(migration('0001_index', [indexStep('01-index', CREATE)]));

/** Leaves an invalid index behind, as an interrupted build does: an open writer, and a statement timeout. */
async function interruptedBuild(sql: string): Promise<void> {
  const writer = await database.client();
  await writer.query('BEGIN');
  await writer.query('UPDATE orders SET changed = 0 WHERE id = 1');
  await client.query("SET statement_timeout = '200ms'");
  await client.query(sql).catch(() => undefined);
  await client.query('RESET statement_timeout');
  await writer.query('COMMIT');
}

describe.each([13, 15, 18])('PostgreSQL %i', (major) => {
  beforeEach(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
    await createOrders(client, 500);
  });
  afterEach(() => database.drop());

  test('an invalid leftover is dropped and built anew; IF NOT EXISTS is not trusted', async () => {
    await interruptedBuild(CREATE);
    expect(await value(client, VALID)).toBe(false);
    const sql = 'CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_note_idx ON orders (note)';
    const result = await run(database, plan(migration('0001_index', [indexStep('01-index', sql)])));
    expect(result.outcome).toBe('completed');
    expect(result.of('index:repair')).toMatchObject([{ index: 'public.orders_note_idx' }]);
    expect(await value(client, VALID)).toBe(true);
  });

  test('duplicates under a unique index fail with the key, and leave no index behind', async () => {
    await client.query("UPDATE orders SET note = 'same' WHERE id IN (7, 8)");
    const sql = 'CREATE UNIQUE INDEX CONCURRENTLY orders_note_idx ON orders (note)';
    const unique = plan(migration('0001_index', [indexStep('01-index', sql)]));
    const result = await run(database, unique);
    expect(result.outcome).toBe('failed');
    expect(result.of('step:failed')).toMatchObject([
      {
        sqlstate: '23505',
        message: expect.stringContaining('Key (note)=(same) is duplicated'),
        hint: expect.stringMatching(/duplicate rows/),
      },
    ]);
    expect(await value(client, "SELECT to_regclass('orders_note_idx')::text")).toBeNull();
    expect(await value(client, STEP)).toBe('failed');
    await client.query("UPDATE orders SET note = 'other' WHERE id = 8");
    expect((await run(database, unique)).outcome).toBe('completed');
    expect(await value(client, STEP)).toBe('done');
  });

  test('a remain of an interrupted REINDEX is cleared away', async () => {
    await client.query('CREATE INDEX orders_note_idx ON orders (note)');
    await interruptedBuild('REINDEX INDEX CONCURRENTLY orders_note_idx');
    expect(await value(client, "SELECT count(*)::int FROM pg_class WHERE relname ~ '_ccnew'")).toBe(1);
    const result = await run(
      database,
      plan(
        migration('0001_index', [
          indexStep('01-index', 'REINDEX INDEX CONCURRENTLY orders_note_idx', { verb: 'reindex' }),
        ]),
      ),
    );
    expect(result.outcome).toBe('completed');
    expect(await value(client, "SELECT count(*)::int FROM pg_class WHERE relname ~ '_cc(new|old)'")).toBe(0);
    expect(await value(client, VALID)).toBe(true);
  });
});

describe('PostgreSQL 18', () => {
  beforeEach(async () => {
    database = await createTestDatabase(18);
    client = await database.client();
    await createOrders(client, 500);
  });
  afterEach(() => database.drop());

  test('a build waits for writers without a timeout, names whom it waits for, and is done when they leave', async () => {
    const writer = await database.client();
    await writer.query('BEGIN');
    await writer.query('UPDATE orders SET changed = 0 WHERE id = 1');
    const started = startRun(database, createIndex, { limits: { indexProgressEveryMs: 1 } });
    const progress = await started.next('index:progress');
    expect(progress).toMatchObject({ step: '01-index', waitingForPid: await value(writer, 'SELECT pg_backend_pid()') });
    expect(await value(client, STEP)).toBe('intent');
    await client.query('UPDATE orders SET changed = 0 WHERE id = 2');
    await writer.query('COMMIT');
    expect((await started.result).outcome).toBe('completed');
    expect(await value(client, VALID)).toBe(true);
  });

  test('a request to stop cancels the build and leaves no invalid index', async () => {
    const reader = await database.client();
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT 1');
    const started = startRun(database, createIndex, { limits: { indexProgressEveryMs: 1 } });
    await started.next('index:progress');
    await until(async () => (await value<number>(client, INVALID)) === 1);
    started.abort();
    expect(await started.result).toMatchObject({ outcome: 'stopped' });
    expect(await value(client, INVALID)).toBe(0);
    await reader.query('COMMIT');
    expect((await run(database, createIndex)).outcome).toBe('completed');
  });

  test('a build that somebody cancels is repaired and tried again', async () => {
    const writer = await database.client();
    await writer.query('BEGIN');
    await writer.query('UPDATE orders SET changed = 0 WHERE id = 1');
    const started = startRun(database, createIndex, { limits: { indexProgressEveryMs: 1, backOffCapMs: 50 } });
    await started.next('index:progress');
    await client.query(
      "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE INDEX CONC%'",
    );
    await writer.query('COMMIT');
    const result = await started.result;
    expect(result.outcome).toBe('completed');
    expect(started.of('step:done')[0]!.attempts).toBe(2);
    expect(await value(client, VALID)).toBe(true);
  });

  test('a runner whose control session dies leaves its build to nobody: the next run ends with one valid index', async () => {
    const reader = await database.client();
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT 1');
    const started = startRun(database, createIndex, { limits: { indexProgressEveryMs: 1 } });
    await started.next('index:progress');
    await until(async () => (await value<number>(client, INVALID)) === 1);
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'evenkeel:control:%'",
    );
    expect(await started.result).toMatchObject({
      outcome: 'stopped',
      summary: expect.stringMatching(/connection .* was lost/),
    });
    expect(await value(client, STEP)).toBe('intent');
    await reader.query('COMMIT');
    expect((await run(database, createIndex)).outcome).toBe('completed');
    expect(await value(client, VALID)).toBe(true);
    expect(await value(client, INVALID)).toBe(0);
  });

  test('the probe for the first lock waits behind another build, not in front of anybody', async () => {
    const other = await database.client();
    await other.query('BEGIN');
    await other.query('LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE');
    await client.query('SELECT pg_sleep(0.6)');
    const started = startRun(database, createIndex, { limits: { scanLockTimeoutMs: 100 } });
    await started.next('lock:wait');
    expect(await value(client, "SELECT to_regclass('orders_note_idx')::text")).toBeNull();
    await other.query('COMMIT');
    expect((await started.result).outcome).toBe('completed');
  });

  test('an index that is being built by somebody else is waited for and then taken as done', async () => {
    const writer = await database.client();
    await writer.query('BEGIN');
    await writer.query('UPDATE orders SET changed = 0 WHERE id = 1');
    const building = client.query(CREATE);
    const look = await database.client();
    await until(
      async () =>
        (await value<number>(
          look,
          'SELECT count(*)::int FROM pg_stat_progress_create_index WHERE datname = current_database()',
        )) === 1,
    );
    const condition = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('orders_note_idx')";
    const started = startRun(database, plan(migration('0001_index', [indexStep('01-index', CREATE, { condition })])));
    expect(await started.next('index:progress')).toMatchObject({ phase: 'building in another session' });
    await writer.query('COMMIT');
    await building;
    expect((await started.result).summary).toBe('Done: one migration is applied.');
    expect(started.of('step:skip')[0]!.reason).toMatch(/already there/);
  });

  test('a valid index of the same name that is something else is not taken for ours', async () => {
    await client.query('CREATE INDEX orders_note_idx ON orders (changed)');
    const result = await run(database, createIndex);
    expect(result).toMatchObject({ outcome: 'failed', summary: expect.stringMatching(/not as the plan wants it/) });
    await client.query(
      'DROP INDEX orders_note_idx; CREATE TABLE other (note text); CREATE INDEX orders_note_idx ON other (note)',
    );
    const again = await run(database, createIndex);
    expect(again).toMatchObject({
      outcome: 'failed',
      summary: expect.stringMatching(/not an index of public\.orders/),
    });
  });

  test('DROP INDEX CONCURRENTLY: done, and done already', async () => {
    await client.query('CREATE INDEX orders_note_idx ON orders (note)');
    const drop = (id: string) =>
      plan(migration(id, [indexStep('01-index', 'DROP INDEX CONCURRENTLY orders_note_idx', { verb: 'drop' })]));
    expect((await run(database, drop('0001_drop'))).outcome).toBe('completed');
    const again = await run(database, drop('0002_drop'));
    expect(again.outcome).toBe('completed');
    expect(again.of('step:skip')[0]!.reason).toMatch(/gone already/);
  });

  test('a statement that cannot work fails and leaves nothing', async () => {
    const sql = 'CREATE INDEX CONCURRENTLY orders_note_idx ON orders (no_such_column)';
    const result = await run(database, plan(migration('0001_index', [indexStep('01-index', sql)])));
    expect(result.outcome).toBe('failed');
    expect(result.of('step:failed')[0]).toMatchObject({ sqlstate: '42703' });
    expect(await value(client, INVALID)).toBe(0);
  });
});
