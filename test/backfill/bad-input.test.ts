import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SqlSyntaxError, UnplannableError, UsageError } from '../../src/model/error.ts';
import { until, value } from '../run/run-support.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { startTry } from './backfill-support.ts';

/** The bad input that `docs/backfill.md` answers, on real servers. */
describe.each([13, 18])('PostgreSQL %i', (major) => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeEach(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
    await client.query(`CREATE TABLE orders (id int PRIMARY KEY, n int NOT NULL DEFAULT 0, note text, token uuid, at timestamptz);
      INSERT INTO orders (id, note) SELECT i, i::text FROM generate_series(1, 2000) i`);
  });
  afterEach(() => database.drop());

  async function refusal(statement: string): Promise<{ readonly message: string; readonly next: string | null }> {
    const error = await startTry(database, statement).result.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UnplannableError);
    const { message, nextCommand } = error as UnplannableError;
    return { message: message.replace('It cannot be cut into batches. ', ''), next: nextCommand };
  }

  const finished = async (statement: string, settings = {}) => {
    const started = startTry(database, statement, { settings: { workers: 2, ...settings }, rangeRows: 300 });
    expect(await started.result).toBe('finished');
    return started;
  };

  test.each([
    ['SELECT 1', /neither an UPDATE nor a DELETE/],
    ['UPDATE orders SET n = 1; UPDATE orders SET n = 2', /these are 2/],
    ['', /these are 0/],
    ['-- nothing', /these are 0/],
    ['WITH x AS (SELECT 1) UPDATE orders SET n = 1', /WITH of the statement/],
    ['UPDATE orders SET n = o.id FROM orders o WHERE o.id = orders.id', /With FROM, a row may meet several rows/],
    ['DELETE FROM orders USING pg_class c WHERE c.relname = note', /With USING/],
    ['UPDATE orders SET n = 1 RETURNING id', /RETURNING would go to nobody/],
    ['UPDATE ONLY orders SET n = 1', /ONLY leaves out/],
    ['UPDATE orders SET (n, note) = (1, 2)', /several columns by one value/],
    ['UPDATE orders SET n = 1 WHERE CURRENT OF c', /a cursor that only its own session has/],
    ['UPDATE nowhere SET n = 1', /There is no table nowhere in this database/],
    ['UPDATE orders SET nothing = 1', /public\.orders has no column nothing; it has id, n, note, token, at/],
    ['UPDATE orders SET id = id + 1', /changes id, a column of the key/],
    ['UPDATE orders SET n = (SELECT count(*) FROM orders)', /A sub-select reads public\.orders itself/],
    [
      'DELETE FROM orders WHERE id IN (SELECT max(o.id) FROM public.orders o GROUP BY o.note)',
      /reads public\.orders itself/,
    ],
  ])('%s: refused with the reason', async (statement, reason) => {
    const { message, next } = await refusal(statement);
    expect(message).toMatch(reason);
    expect(next).not.toBeNull();
    expect(await value(client, "SELECT count(*)::int FROM pg_namespace WHERE nspname = 'evenkeel'")).toBe(0);
  });

  test('no SQL, and SQL that the server refuses', async () => {
    await expect(startTry(database, 'UPDATE orders SET').result).rejects.toThrow(SqlSyntaxError);
    const wrong = startTry(database, "UPDATE orders SET n = 'a' || 7 WHERE nothing").result;
    await expect(wrong).rejects.toThrow(UsageError);
    await expect(wrong).rejects.toThrow(/The server refuses the statement: column "nothing" does not exist/);
  });

  test('no key, and rows that cannot tell', async () => {
    await client.query('CREATE TABLE lines (n int); CREATE TABLE named (name text UNIQUE, n int)');
    expect(await refusal('UPDATE lines SET n = n + 1')).toMatchObject({
      message: expect.stringMatching(/public\.lines has no unique key, .* could be changed twice, or never/),
      next: expect.stringMatching(/WHERE new IS NULL .* or give the table a primary key/),
    });
    // A key with NULLs is none.
    expect((await refusal('UPDATE named SET n = n + 1')).message).toMatch(
      /only the unique index named_name_key, on name, which may be NULL/,
    );
    await client.query("INSERT INTO named SELECT nullif(i % 10, 0) || '-' || i FROM generate_series(1, 500) i");
    await finished('UPDATE named SET n = 1 WHERE n IS NULL');
    expect(await value(client, 'SELECT count(*)::int FROM named WHERE n = 1')).toBe(500);
  });

  test('values that are others each time: each row gets one, once', async () => {
    await client.query('CREATE EXTENSION IF NOT EXISTS pgcrypto');
    const started = await finished('UPDATE orders SET token = gen_random_uuid(), at = clock_timestamp(), n = n + 1');
    expect(await value(client, 'SELECT count(DISTINCT token)::int FROM orders WHERE n = 1')).toBe(2_000);
    expect(started.of('backfill:start')[0]!.notes).toContainEqual(
      expect.stringMatching(/hangs on the clock or on chance/),
    );
  });

  test('a statement without WHERE and one whose WHERE never changes: each row once all the same', async () => {
    await finished('UPDATE orders /* why */ SET n = -- because\n n + 1 WHERE id % 2 /* odd? */ = 0; -- done');
    await finished('UPDATE orders SET n = n + 2');
    expect(await value(client, "SELECT string_agg(DISTINCT (id % 2) || ':' || n, ',') FROM orders")).toBe('0:3,1:2');
  });

  test('rows that have their value already are not written again', async () => {
    await client.query('UPDATE orders SET n = id WHERE id <= 500');
    const started = await finished('UPDATE orders SET n = id');
    expect(started.of('backfill:end')[0]!.rowsDone).toBe(1_500);
  });

  test('sub-selects over other tables, and an alias', async () => {
    await client.query(`CREATE TABLE items (order_id int, price int); CREATE INDEX ON items (order_id);
      INSERT INTO items SELECT 1 + i % 2000, i FROM generate_series(1, 6000) i`);
    await finished(
      'UPDATE orders AS o SET n = (SELECT sum(i.price) FROM items i WHERE i.order_id = o.id) WHERE EXISTS (SELECT FROM items x WHERE x.order_id = o.id)',
    );
    const sum = 'SELECT sum(price) FROM items WHERE order_id = orders.id';
    expect(await value(client, `SELECT count(*)::int FROM orders WHERE n <> (${sum})`)).toBe(0);
  });

  test("triggers of the user run for every row, and one that refuses a row is that row's error", async () => {
    await client.query(`CREATE TABLE log (id int);
      CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.id = 1234 THEN RAISE EXCEPTION 'not this one'; END IF;
        INSERT INTO log VALUES (NEW.id); RETURN NEW; END $$;
      CREATE TRIGGER noted BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION note()`);
    const started = await finished('UPDATE orders SET n = 7', { failureBudget: 1 });
    expect(started.of('backfill:start')[0]!.notes).toContainEqual(
      expect.stringMatching(/Triggers of public\.orders run .*: noted/),
    );
    expect(await value(client, "SELECT count(DISTINCT id)::int || ' ' || count(*) FROM log")).toBe('1999 1999');
    expect(started.of('backfill:row-put-aside')[0]).toMatchObject({ key: { id: '1234' }, sqlstate: 'P0001' });
  });

  test('generated and identity columns', async () => {
    await client.query(`CREATE TABLE sums (id int GENERATED ALWAYS AS IDENTITY, k int PRIMARY KEY, a int,
      b int GENERATED ALWAYS AS (a * 2) STORED); INSERT INTO sums (k, a) SELECT i, i FROM generate_series(1, 100) i`);
    expect((await refusal('UPDATE sums SET b = 1')).message).toMatch(/Column b is generated/);
    expect((await refusal('UPDATE sums SET id = 1')).message).toMatch(/GENERATED ALWAYS AS IDENTITY/);
    await finished('UPDATE sums SET a = a + 1');
    expect(await value(client, 'SELECT count(*)::int FROM sums WHERE b = (k + 1) * 2')).toBe(100);
  });

  test('foreign keys: who locks whom is said, and a missing index refuses a DELETE', async () => {
    await client.query(`CREATE TABLE items (id int PRIMARY KEY, order_id int REFERENCES orders ON DELETE CASCADE);
      INSERT INTO items SELECT i, 1 + i % 2000 FROM generate_series(1, 4000) i`);
    const { message, next } = await refusal('DELETE FROM orders WHERE id > 1000');
    expect(message).toMatch(/public\.items points here by items_order_id_fkey and has no index on \(order_id\)/);
    expect(next).toBe('CREATE INDEX CONCURRENTLY ON public.items (order_id)');
    await client.query('CREATE INDEX ON items (order_id)');
    const started = await finished('DELETE FROM orders WHERE id > 1000');
    expect(started.of('backfill:start')[0]!.notes).toContainEqual(
      expect.stringMatching(/rows of public\.items, too .*CASCADE/),
    );
    expect(await value(client, 'SELECT count(*)::int FROM items')).toBe(2_000);
    const moved = await finished('UPDATE items SET order_id = 1 WHERE order_id <> 1');
    expect(moved.of('backfill:start')[0]!.notes).toContainEqual(
      expect.stringMatching(/locks the row of public\.orders/),
    );
  });

  test('published, unlogged, inherited and partitioned tables, views and rules', async () => {
    await client.query(`CREATE PUBLICATION news FOR TABLE orders; CREATE UNLOGGED TABLE fast (id int PRIMARY KEY, n int);
      INSERT INTO fast SELECT i FROM generate_series(1, 100) i; CREATE TABLE parent (id int PRIMARY KEY, n int);
      CREATE TABLE child () INHERITS (parent); CREATE VIEW seen AS SELECT * FROM orders;
      CREATE TABLE ruled (id int PRIMARY KEY, n int); CREATE RULE never AS ON UPDATE TO ruled DO INSTEAD NOTHING;
      CREATE TABLE parts (id int, region text, n int, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
      CREATE TABLE fars (id int, region text, n int) PARTITION BY LIST (region);
      CREATE TABLE parts_a PARTITION OF parts FOR VALUES IN ('a');
      INSERT INTO parts SELECT i, 'a', 0 FROM generate_series(1, 100) i`);
    const published = await finished('UPDATE orders SET n = 3');
    expect(published.of('backfill:start')[0]!.notes).toContainEqual(expect.stringMatching(/goes to every subscriber/));
    const fast = await finished('UPDATE fast SET n = 1');
    expect(fast.of('backfill:start')[0]!.notes).toContainEqual(expect.stringMatching(/public\.fast is unlogged/));
    expect((await refusal('UPDATE parent SET n = 1')).message).toMatch(
      /Tables inherit from public\.parent \(public\.child\)/,
    );
    expect((await refusal('UPDATE seen SET n = 1')).message).toMatch(/public\.seen is no table but a view/);
    await client.query(`CREATE EXTENSION IF NOT EXISTS postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw;
      CREATE FOREIGN TABLE parts_far PARTITION OF fars FOR VALUES IN ('far') SERVER far`);
    expect((await refusal('UPDATE fars SET n = 1')).message).toMatch(/parts_far is a foreign table/);
    expect((await refusal('UPDATE ruled SET n = 1')).message).toMatch(/has the rule never/);
    expect((await refusal("UPDATE parts SET region = 'b'")).message).toMatch(/changes region, a column of the key/);
    await finished('UPDATE parts SET n = n + 1');
    expect(await value(client, 'SELECT count(*)::int FROM parts WHERE n = 1')).toBe(100);
  });

  test('a publication FOR ALL TABLES would publish the books, too: refused until subscribers have them', async () => {
    await client.query('CREATE PUBLICATION everything FOR ALL TABLES');
    const { message, next } = await refusal('UPDATE orders SET n = 1');
    expect(message).toMatch(/Publication everything is FOR ALL TABLES, .* a subscriber without these tables stops/);
    expect(next).toMatch(/--books-on-subscribers/);
    expect(await startTry(database, 'UPDATE orders SET n = 1', { booksOnSubscribers: true }).result).toBe('finished');
  });

  test('a published table without an identity: the server refuses the first batch, and it says so', async () => {
    await client.query(`CREATE TABLE loose (a int, b int); INSERT INTO loose SELECT i FROM generate_series(1, 10) i;
      CREATE PUBLICATION loose_news FOR TABLE loose`);
    const started = startTry(database, 'UPDATE loose SET b = 1 WHERE b IS NULL');
    await expect(started.result).rejects.toThrow(/does not have a replica identity/);
  });

  test('row-level security that hides rows from the role', async () => {
    const role = `app_${database.name}`;
    await client.query(`CREATE ROLE ${role} LOGIN; GRANT ALL ON orders TO ${role}; GRANT CREATE ON DATABASE ${database.name} TO ${role};
      ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON orders USING (id < 100)`);
    const url = database.url.replace('postgres@', `${role}@`);
    const hidden = startTry({ ...database, url }, 'UPDATE orders SET n = 1').result;
    await expect(hidden).rejects.toThrow(/Row-level security hides rows of public\.orders from app_/);
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  test('a column that is dropped meanwhile: it stops with the word of the server, and goes on once it is back', async () => {
    await client.query('ALTER TABLE orders ADD COLUMN extra int');
    const statement = 'UPDATE orders SET n = n + 1, extra = id';
    const started = startTry(database, statement, { settings: { dutyCycle: 0.02, batchTargetMs: 2 }, rangeRows: 300 });
    await until(async () => (await value<number>(client, 'SELECT sum(n)::int FROM orders')) > 0);
    await client.query('ALTER TABLE orders DROP COLUMN extra');
    expect(await started.result).toBe('failed');
    expect(started.of('backfill:end')[0]!.summary).toMatch(/column "extra" .*does not exist/);
    await client.query('ALTER TABLE orders ADD COLUMN extra int');
    expect(await startTry(database, statement).result).toBe('finished');
    expect(await value(client, "SELECT string_agg(DISTINCT n::text, ',') FROM orders")).toBe('1');
  });

  test('a disk that is full: it stops, nothing is lost, and the next run goes on', async () => {
    // The error of a full disk (53100), at a place where it can be made and mended.
    await client.query(`CREATE TABLE disk (full_ boolean); INSERT INTO disk VALUES (true);
      CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.id > 1000 AND (SELECT full_ FROM disk) THEN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END IF;
        RETURN NEW; END $$;
      CREATE TRIGGER full_disk BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION full_disk()`);
    const started = startTry(database, 'UPDATE orders SET n = n + 1', { rangeRows: 300 });
    expect(await started.result).toBe('stopped');
    expect(started.of('backfill:end')[0]).toMatchObject({
      summary: expect.stringMatching(/No space left on device/),
      nextCommand: 'evenkeel backfill resume 1',
    });
    expect(await value(client, 'SELECT sum(n)::int FROM orders')).toBe(
      await value(client, 'SELECT sum(rows_done)::int FROM evenkeel.backfill_range'),
    );
    await client.query('UPDATE disk SET full_ = false');
    expect(await startTry(database, 'UPDATE orders SET n = n + 1').result).toBe('finished');
    expect(await value(client, "SELECT string_agg(DISTINCT n::text, ',') FROM orders")).toBe('1');
  });

  test('a clock that jumps: no decision hangs on it', async () => {
    vi.setSystemTime(new Date('2001-01-01T00:00:00Z'));
    const started = startTry(database, 'UPDATE orders SET n = n + 1', {
      settings: { workers: 2, dutyCycle: 0.3 },
      rangeRows: 300,
    });
    await until(async () => (await value<number>(client, 'SELECT sum(n)::int FROM orders')) > 0);
    vi.setSystemTime(new Date('2090-01-01T00:00:00Z'));
    expect(await started.result).toBe('finished');
    vi.useRealTimers();
    expect(await value(client, "SELECT string_agg(DISTINCT n::text, ',') FROM orders")).toBe('1');
  });

  test('inserts go on faster than it walks: it ends at what was there when it began', async () => {
    let busy = true;
    const writer = await database.client();
    const writing = (async () => {
      for (let id = 10_000; busy; id += 50)
        await writer.query('INSERT INTO orders (id) SELECT generate_series($1::int, $1::int + 49)', [id]);
    })();
    await finished('UPDATE orders SET n = n + 1');
    busy = false;
    await writing;
    expect(await value(client, "SELECT string_agg(DISTINCT n::text, ',') FROM orders WHERE id <= 2000")).toBe('1');
    expect(await value(client, 'SELECT max(n) FROM orders')).toBe(1);
  });
});

test('a database whose transactions are read only by default: our own sessions are not', async () => {
  const database = await createTestDatabase(18);
  const client = await database.client();
  await client.query(`CREATE TABLE orders (id int PRIMARY KEY, n int); INSERT INTO orders VALUES (1, 0);
    ALTER DATABASE ${database.name} SET default_transaction_read_only = on`);
  expect(await startTry(database, 'UPDATE orders SET n = n + 1').result).toBe('finished');
  expect(await value(client, 'SELECT n FROM orders')).toBe(1);
  await database.drop();
});
