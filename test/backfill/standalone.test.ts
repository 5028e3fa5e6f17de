import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { value } from '../run/run-support.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { startTry } from './backfill-support.ts';

let database: TestDatabase;
let client: pg.Client;

const COUNT_UP = 'UPDATE orders SET n = n + 1';
const WRONG = 'SELECT count(*)::int FROM orders WHERE n <> 1';

describe.each([13, 18])('PostgreSQL %i', (major) => {
  beforeEach(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
  });
  afterEach(() => database.drop());

  test.each([1, 4])('%i workers change every row exactly once', async (workers) => {
    await client.query(`CREATE TABLE orders (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0);
      INSERT INTO orders (id) SELECT generate_series(1, 20000)`);
    const started = startTry(database, COUNT_UP, { settings: { workers }, rangeRows: 1_500 });
    expect(await started.result).toBe('finished');
    expect(await value(client, WRONG)).toBe(0);
    expect(await value(client, 'SELECT sum(rows_done)::int FROM evenkeel.backfill_range')).toBe(20_000);
    const [start] = started.of('backfill:start');
    expect(start).toMatchObject({ joined: false, table: 'public.orders', walk: { kind: 'keys' } });
    expect(start!.ranges).toBeGreaterThan(2);
    expect(started.of('backfill:end')[0]).toMatchObject({ outcome: 'finished', rowsDone: 20_000 });
    // The same statement again is done already.
    const again = startTry(database, `${COUNT_UP};`);
    expect(await again.result).toBe('finished');
    expect(again.of('backfill:end')[0]!.summary).toMatch(/^Nothing to do: this statement is backfill 1/);
    expect(await value(client, WRONG)).toBe(0);
  });

  test('several processes work on the same statement together', async () => {
    await client.query(`CREATE TABLE orders (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0);
      INSERT INTO orders (id) SELECT generate_series(1, 20000)`);
    const all = [1, 2, 3].map(() => startTry(database, COUNT_UP, { settings: { workers: 2 }, rangeRows: 1_000 }));
    expect(await Promise.all(all.map(({ result }) => result))).toEqual(['finished', 'finished', 'finished']);
    expect(await value(client, WRONG)).toBe(0);
    expect(await value(client, 'SELECT count(*)::int FROM evenkeel.backfill')).toBe(1);
  });

  test('asked to stop, it ends after the batches at hand, and the next run goes on behind them', async () => {
    await client.query(`CREATE TABLE orders (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0);
      INSERT INTO orders (id) SELECT generate_series(1, 30000)`);
    const settings = { workers: 2, dutyCycle: 0.2 };
    const started = startTry(database, COUNT_UP, { settings, rangeRows: 3_000 });
    for (;;) if ((await value<number>(client, 'SELECT coalesce(sum(n), 0)::int FROM orders')) > 0) break;
    started.abort();
    expect(await started.result).toBe('stopped');
    expect(started.of('backfill:end')[0]).toMatchObject({ nextCommand: 'evenkeel backfill resume 1' });
    const done = await value<number>(client, 'SELECT sum(n)::int FROM orders');
    expect(done).toBeLessThan(30_000);
    expect(await value(client, 'SELECT sum(rows_done)::int FROM evenkeel.backfill_range')).toBe(done);
    expect(await startTry(database, COUNT_UP).result).toBe('finished');
    expect(await value(client, WRONG)).toBe(0);
  });

  test('keys of several columns and kinds, with names that want quotes, partition by partition', async () => {
    await client.query(`CREATE TABLE "Odd Orders" ("Region" text, "at" timestamptz, "select" uuid, n int DEFAULT 0,
        PRIMARY KEY ("Region", "at", "select")) PARTITION BY LIST ("Region");
      CREATE TABLE "Odd A" PARTITION OF "Odd Orders" FOR VALUES IN ('A''"\\', 'B', 'ä');
      CREATE TABLE "Odd Rest" PARTITION OF "Odd Orders" DEFAULT;
      INSERT INTO "Odd Orders" SELECT (ARRAY['A''"\\', 'B', 'ä', 'Z', ''])[1 + i % 5], now() + i % 7 * interval '1.000001 s',
        md5(i::text)::uuid FROM generate_series(1, 4000) i`);
    const sql = 'UPDATE "Odd Orders" AS "o o" SET n = "o o".n + 1 WHERE "o o"."Region" <> \'B\'';
    expect(await startTry(database, sql, { settings: { workers: 3 }, rangeRows: 300 }).result).toBe('finished');
    expect(await value(client, `SELECT string_agg(DISTINCT n || ' ' || ("Region" = 'B'), ',') FROM "Odd Orders"`)).toBe(
      '0 true,1 false',
    );
  });

  test('a random key is walked by blocks where rows can tell that they are done, while the application moves them', async () => {
    await client.query(`CREATE TABLE orders (id uuid PRIMARY KEY, total int, cents int, n int NOT NULL DEFAULT 0);
      INSERT INTO orders (id, total) SELECT md5(i::text)::uuid, i FROM generate_series(1, 20000) i; ANALYZE orders`);
    let busy = true;
    const writer = await database.client();
    const writing = (async () => {
      for (let i = 1; busy; i += 1)
        await writer.query('UPDATE orders SET n = n + 1 WHERE id = md5($1::text)::uuid', [String((i * 7919) % 20_000)]);
    })();
    const sql = 'UPDATE orders SET cents = total * 100 WHERE cents IS NULL';
    const started = startTry(database, sql, { settings: { workers: 3 }, rangeRows: 2_000 });
    const outcome = await started.result;
    busy = false;
    await writing;
    expect(outcome).toBe('finished');
    expect(await value(client, 'SELECT count(*)::int FROM orders WHERE cents IS DISTINCT FROM total * 100')).toBe(0);
    expect(started.of('backfill:start')[0]!.walk.kind).toBe(major < 14 ? 'keys' : 'blocks');
  });

  test('a table without a key, where a changed row can be told; its file written anew meanwhile', async () => {
    await client.query(`CREATE TABLE orders (total int, cents int);
      INSERT INTO orders SELECT i FROM generate_series(1, 30000) i`);
    const sql = 'UPDATE orders SET cents = total * 100 WHERE cents IS NULL';
    const started = startTry(database, sql, {
      settings: { workers: 2, dutyCycle: 0.1, batchTargetMs: 5 },
      rangeRows: 5_000,
    });
    for (;;) if ((await value<number>(client, 'SELECT count(cents)::int FROM orders')) > 0) break;
    await client.query('VACUUM FULL orders');
    expect(await started.result).toBe('finished');
    expect(await value(client, 'SELECT count(*)::int FROM orders WHERE cents IS DISTINCT FROM total * 100')).toBe(0);
  });

  test('DELETE in batches', async () => {
    await client.query(`CREATE TABLE orders (id int PRIMARY KEY, old boolean);
      INSERT INTO orders SELECT i, i % 3 = 0 FROM generate_series(1, 9000) i`);
    const started = startTry(database, 'DELETE FROM orders o WHERE o.old', {
      settings: { workers: 2 },
      rangeRows: 1_000,
    });
    expect(await started.result).toBe('finished');
    expect(await value(client, 'SELECT count(*)::int FROM orders')).toBe(6_000);
    expect(started.of('backfill:end')[0]!.summary).toBe('Backfill 1 is finished: 3,000 rows of public.orders deleted.');
  });
});
