import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backfillStep, migration, plan } from '../run/plan-fixture.ts';
import { createOrders, run, startRun, until, value } from '../run/run-support.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
let client: pg.Client;

const LEFT = 'SELECT count(*)::int FROM orders WHERE todo';
const WRONG = 'SELECT count(*)::int FROM orders WHERE changed <> 1';

function copy(options: Parameters<typeof backfillStep>[1] = {}) {
  return plan(migration('0001_copy', [backfillStep('01-copy', options)]));
}

describe.each([13, 15, 18])('PostgreSQL %i', (major) => {
  beforeEach(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
  });
  afterEach(() => database.drop());

  test.each([
    ['along the key', ['id']],
    ['along the blocks', []],
  ])(
    '%s: every row is changed exactly once while others insert, update, move and delete rows',
    async (_how, keyColumns) => {
      await createOrders(client, 20_000);
      // What comes in new is the sync trigger's work: here, rows that are born done.
      await client.query('ALTER TABLE orders ALTER COLUMN todo SET DEFAULT false, ALTER COLUMN changed SET DEFAULT 1');
      let busy = true;
      const writers = Array.from({ length: 3 }, async (_value, writer) => {
        const session = await database.client();
        for (let n = 0; busy; n += 1) {
          const id = ((n * 7919 + writer * 104_729) % 20_000) + 1;
          await session.query("UPDATE orders SET note = note || 'x' WHERE id = $1", [id]);
          if (n % 5 === 0) await session.query('DELETE FROM orders WHERE id = $1', [((id * 31) % 20_000) + 1]);
          if (n % 3 === 0) await session.query('INSERT INTO orders (id) VALUES ($1)', [100_000 + n * 3 + writer]);
        }
      });
      const result = await run(database, copy({ keyColumns, batchRows: 700 }));
      busy = false;
      await Promise.all(writers);
      expect(result.outcome).toBe('completed');
      expect(await value(client, LEFT)).toBe(0);
      expect(await value(client, WRONG)).toBe(0);
      const batches = result.of('backfill:batch');
      expect(batches.at(-1)!.rowsDone).toBeGreaterThan(10_000);
      expect(batches.every((batch, n) => n === 0 || batch.rowsDone >= batches[n - 1]!.rowsDone)).toBe(true);
      const recorded = await value<string>(client, "SELECT rows_done::text FROM evenkeel.step WHERE id = '01-copy'");
      expect(Number(recorded)).toBe(batches.at(-1)!.rowsDone);
    },
  );

  test('keys of several columns and kinds, with names that want quotes', async () => {
    await client.query(`CREATE TABLE "Odd Orders" ("Region" text, "at" timestamptz, "select" uuid, todo boolean DEFAULT true,
        changed int DEFAULT 0, PRIMARY KEY ("Region", "at", "select"));
      INSERT INTO "Odd Orders" SELECT chr(65 + i % 26) || E'\\'"\\\\' , now() + i % 7 * interval '1.000001 s',
        md5(i::text)::uuid FROM generate_series(1, 3000) i; CREATE TABLE orders ()`);
    const result = await run(
      database,
      copy({
        table: 'public."Odd Orders"',
        keyColumns: ['Region', 'at', 'select'],
        batchRows: 97,
        condition: 'SELECT NOT EXISTS (SELECT FROM "Odd Orders" WHERE todo OR changed <> 1)',
      }),
    );
    expect(result.summary).toBe('Done: one migration is applied.');
  });

  test('a partitioned table and an empty one', async () => {
    await client.query(`CREATE TABLE orders (id bigint PRIMARY KEY, todo boolean DEFAULT true, changed int DEFAULT 0)
        PARTITION BY RANGE (id);
      CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (0) TO (1000);
      CREATE TABLE orders_2 PARTITION OF orders FOR VALUES FROM (1000) TO (2000)`);
    const never = 'SELECT false';
    const empty = plan(
      migration('0000_empty', [{ ...backfillStep('01-copy'), postCondition: { sentence: 'x', sql: null } }]),
    );
    expect(never).not.toBe('');
    expect((await run(database, empty)).outcome).toBe('completed');
    await client.query('INSERT INTO orders (id) SELECT generate_series(0, 1999)');
    expect((await run(database, copy({ batchRows: 333 }))).outcome).toBe('completed');
    expect(await value(client, WRONG)).toBe(0);
  });

  test.each([
    ['along the key', ['id']],
    ['along the blocks', []],
  ])(
    '%s: what is walked once is never walked again, not even by a run that finds the walk done',
    async (_how, keyColumns) => {
      await createOrders(client, 3_000);
      const once = copy({ keyColumns, once: true, condition: null });
      expect((await run(database, once)).outcome).toBe('completed');
      expect(await value(client, WRONG)).toBe(0);
      // What the application writes behind the walk is its own.
      await client.query('UPDATE orders SET todo = true');
      // As if it had been killed between its last batch and the word that it is done.
      await client.query("UPDATE evenkeel.step SET state = 'intent'; UPDATE evenkeel.migration SET state = 'running'");
      const again = await run(database, once);
      expect(again.outcome).toBe('completed');
      expect(again.of('run:start')[0]!.resumed).toBe(true);
      expect(await value(client, WRONG)).toBe(0);
    },
  );

  test('a pass over blocks begins again when the file is written anew meanwhile', async () => {
    await createOrders(client, 5_000);
    const started = startRun(database, copy({ keyColumns: [], batchRows: 50 }));
    await started.next('backfill:batch');
    await client.query('DELETE FROM orders WHERE id % 2 = 0');
    await client.query('VACUUM FULL orders');
    expect((await started.result).outcome).toBe('completed');
    expect(await value(client, LEFT)).toBe(0);
    expect(await value(client, WRONG)).toBe(0);
  });
});

describe('PostgreSQL 18', () => {
  beforeEach(async () => {
    database = await createTestDatabase(18);
    client = await database.client();
    await createOrders(client, 3_000);
  });
  afterEach(() => database.drop());

  test('a row that somebody keeps locked is approached in smaller and smaller batches, and waited for', async () => {
    const holder = await database.client();
    await holder.query('BEGIN');
    await holder.query("UPDATE orders SET note = 'mine' WHERE id = 1500");
    const started = startRun(database, copy({ lockTimeoutMs: 30 }), { limits: { backOffCapMs: 20 } });
    await until(async () => (await value<number>(client, LEFT)) < 1_600);
    await until(() => started.of('lock:timeout').length > 10);
    await holder.query('COMMIT');
    expect((await started.result).outcome).toBe('completed');
    expect(await value(client, WRONG)).toBe(0);
    expect(await value(client, "SELECT note || ' ' || changed FROM orders WHERE id = 1500")).toBe('mine 1');
  });

  test('a row that stays locked past the limit stops the run, resumably', async () => {
    const holder = await database.client();
    await holder.query('BEGIN');
    await holder.query("UPDATE orders SET note = 'mine' WHERE id = 1500");
    const limits = { backOffCapMs: 20, maxLockWaitMs: 200 };
    expect((await run(database, copy({ lockTimeoutMs: 30 }), { limits })).outcome).toBe('stopped');
    await holder.query('COMMIT');
    expect((await run(database, copy())).outcome).toBe('completed');
    expect(await value(client, WRONG)).toBe(0);
  });

  test('a request to stop ends after the batch, and the next run goes on behind it', async () => {
    const started = startRun(database, copy({ batchRows: 10 }));
    await started.next('backfill:batch');
    started.abort();
    expect((await started.result).outcome).toBe('stopped');
    const done = 3_000 - (await value<number>(client, LEFT));
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(3_000);
    expect(await value(client, "SELECT rows_done::int FROM evenkeel.step WHERE id = '01-copy'")).toBe(done);
    expect(await value(client, "SELECT (cursor->'after'->>0)::int FROM evenkeel.step WHERE id = '01-copy'")).toBe(done);
    const result = await run(database, copy({ batchRows: 10 }));
    expect(result).toMatchObject({ outcome: 'completed' });
    expect(result.of('run:start')[0]!.resumed).toBe(true);
    expect(result.of('backfill:batch')[0]!.rowsDone).toBeGreaterThan(done);
    expect(await value(client, WRONG)).toBe(0);
  });

  test('a row that cannot be changed fails with its message, and the rest waits for it to be mended', async () => {
    await client.query("UPDATE orders SET note = 'twelve' WHERE id = 2000; ALTER TABLE orders ADD COLUMN n int");
    await client.query("UPDATE orders SET note = '1' WHERE id <> 2000");
    const numbers = copy({ assignments: 'n = note::int, todo = false, changed = changed + 1' });
    const result = await run(database, numbers);
    expect(result.outcome).toBe('failed');
    expect(result.of('step:failed')[0]).toMatchObject({
      sqlstate: '22P02',
      hint: expect.stringMatching(/Mend the rows/),
    });
    await client.query("UPDATE orders SET note = '12' WHERE id = 2000");
    expect((await run(database, numbers)).outcome).toBe('completed');
    expect(await value(client, WRONG)).toBe(0);
  });

  test('a batch that runs into the statement timeout is halved', async () => {
    await client.query('DELETE FROM orders WHERE id > 600');
    const slow = copy({
      assignments: 'changed = changed + 1, todo = pg_sleep(0.002) IS NULL',
      statementTimeoutMs: 200,
      batchRows: 400,
    });
    const result = await run(database, slow, { limits: { backOffCapMs: 10 } });
    expect(result.outcome).toBe('completed');
    expect(result.of('lock:timeout').length).toBeGreaterThan(0);
    expect(await value(client, WRONG)).toBe(0);
  });

  test('rows that keep coming without a trigger end the run with a clear word', async () => {
    await client.query(`CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF random() < 0.5 THEN NEW.todo = true; END IF; RETURN NEW; END $$;
      CREATE TRIGGER again BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION again()`);
    const result = await run(database, copy(), { limits: { maxBackfillPasses: 2 } });
    expect(result).toMatchObject({ outcome: 'failed', summary: expect.stringMatching(/After 2 passes .* still rows/) });
  });

  test('nothing to change: the step is skipped, and said so', async () => {
    await client.query('UPDATE orders SET todo = false');
    const result = await run(database, copy());
    expect(result.of('step:skip')).toMatchObject([{ reason: 'already there: no row is left' }]);
  });
});
