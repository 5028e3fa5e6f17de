import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startPostgresServer } from '../../src/server/postgres-server.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { migration, plan, transactionStep } from './plan-fixture.ts';
import { createOrders, run, startRun, until, value } from './run-support.ts';

let database: TestDatabase;
let client: pg.Client;

const addColumn = plan(
  migration('0001_column', [
    transactionStep('01-add', 'ALTER TABLE orders ADD COLUMN extra int', {
      locks: ['public.orders ACCESS EXCLUSIVE'],
    }),
  ]),
);

const HAS_COLUMN = "SELECT count(*)::int FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'extra'";
const WAITING =
  'SELECT count(*)::int FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()';

const SLEEPS =
  "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";

beforeEach(async () => {
  database = await createTestDatabase(18);
  client = await database.client();
  await createOrders(client, 100);
});
afterEach(() => database.drop());

async function openTransaction(sql: string): Promise<pg.Client> {
  const session = await database.client();
  await session.query('BEGIN');
  await session.query(sql);
  return session;
}

describe('while an old reader holds the table', () => {
  test('no strike stands in the queue, nobody waits, the reader is named, and the change comes when it leaves', async () => {
    const reader = await openTransaction("SET LOCAL application_name = 'a report'; SELECT count(*) FROM orders");
    await client.query('SELECT pg_sleep(0.6)');
    const started = startRun(database, addColumn);
    const wait = await started.next('lock:wait');
    expect(wait.blockers).toHaveLength(1);
    expect(wait.blockers[0]).toMatchObject({
      relation: 'public.orders',
      mode: 'ACCESS SHARE',
      user: 'postgres',
      applicationName: 'a report',
      state: 'idle in transaction',
      isAutovacuum: false,
    });
    for (let look = 0; look < 20; look += 1) {
      expect(await value(client, WAITING)).toBe(0);
      await client.query('SELECT count(*) FROM orders');
    }
    await reader.query('COMMIT');
    const result = await started.result;
    expect(result.outcome).toBe('completed');
    expect(result.exposure).toMatchObject({ strikes: 1, waitedInQueueMs: 0, maxWaitersSeen: 0 });
    expect(started.of('lock:clear')).toHaveLength(1);
    expect(await value(client, HAS_COLUMN)).toBe(1);
  });

  test('the wait ends cleanly at its limit, and says who was in the way', async () => {
    const reader = await openTransaction('SELECT count(*) FROM orders');
    await client.query('SELECT pg_sleep(0.6)');
    const result = await run(database, addColumn, { limits: { maxLockWaitMs: 300 } });
    expect(result.outcome).toBe('stopped');
    expect(result.summary).toMatch(/pid \d+ .*idle in transaction.* has held ACCESS SHARE on public\.orders for/);
    expect(result.nextCommand).toBe('evenkeel apply migrations');
    expect(await value(client, HAS_COLUMN)).toBe(0);
    await reader.query('COMMIT');
    expect((await run(database, addColumn)).outcome).toBe('completed');
  });

  test('a request to stop is heard at once', async () => {
    await openTransaction('SELECT count(*) FROM orders');
    await client.query('SELECT pg_sleep(0.6)');
    const started = startRun(database, addColumn);
    await started.next('lock:wait');
    started.abort();
    expect(await started.result).toMatchObject({ outcome: 'stopped', exposure: { strikes: 0 } });
  });

  test('a role that sees nobody’s age judges by what it watched itself', async () => {
    await client.query(`CREATE ROLE blind_${database.name} LOGIN; GRANT ALL ON DATABASE ${database.name} TO blind_${database.name};
      ALTER TABLE orders OWNER TO blind_${database.name}; GRANT ALL ON SCHEMA public TO blind_${database.name}`);
    const url = database.url.replace('postgres@', `blind_${database.name}@`);
    const reader = await openTransaction('SELECT count(*) FROM orders');
    const started = startRun(database, addColumn, { url });
    const wait = await started.next('lock:wait');
    expect(wait.blockers[0]).toMatchObject({ ageMs: null, mode: 'ACCESS SHARE' });
    expect(
      started
        .of('run:note')
        .map(({ note }) => note)
        .join(),
    ).toMatch(/pg_read_all_stats/);
    await reader.query('COMMIT');
    expect((await started.result).outcome).toBe('completed');
    await client.query(`DROP OWNED BY blind_${database.name} CASCADE; DROP ROLE blind_${database.name}`);
  });
});

test('a hot table is changed without a long look for a quiet moment', async () => {
  let busy = true;
  const readers = Array.from({ length: 8 }, async () => {
    const session = await database.client();
    while (busy) await session.query('SELECT count(*), pg_sleep(0.02) FROM (SELECT FROM orders LIMIT 1) o');
  });
  const result = await run(database, addColumn);
  busy = false;
  await Promise.all(readers);
  expect(result.outcome).toBe('completed');
  expect(await value(client, HAS_COLUMN)).toBe(1);
});

test('a strike that is not let in backs off, counts what it cost, and tries again', async () => {
  const reader = await openTransaction('SELECT count(*) FROM orders');
  const started = startRun(database, addColumn, { limits: { oldHolderMs: 600_000 } });
  await until(() => Promise.resolve(started.of('lock:timeout').length >= 5));
  const timeouts = started.of('lock:timeout').slice(0, 5);
  // Next to nothing first, the whole budget in the end.
  expect(timeouts.map(({ attempt, budgetMs }) => [attempt, budgetMs])).toEqual([
    [1, 1],
    [2, 2],
    [3, 5],
    [4, 20],
    [5, 100],
  ]);
  for (const { budgetMs, retryInMs } of timeouts) expect(retryInMs).toBeGreaterThanOrEqual(5 * budgetMs);
  await reader.query('COMMIT');
  const result = await started.result;
  expect(result.outcome).toBe('completed');
  expect(result.exposure.waitedInQueueMs).toBeGreaterThanOrEqual(100);
  expect(started.of('step:done')[0]!.attempts).toBeGreaterThanOrEqual(6);
});

test('a deadlock with the application hits us, and is tried again', async () => {
  await client.query('CREATE TABLE customers (id int PRIMARY KEY)');
  const both = plan(
    migration('0001_both', [
      transactionStep('01-both', 'ALTER TABLE orders ADD COLUMN extra int', {
        locks: ['public.orders ACCESS EXCLUSIVE', 'public.customers SHARE ROW EXCLUSIVE'],
        lockTimeoutMs: 20_000,
      }),
    ]),
  );
  // Strikes take public.customers first: the application holds public.orders and then wants public.customers.
  const app = await openTransaction('LOCK TABLE orders IN ROW EXCLUSIVE MODE');
  await app.query("SET LOCAL deadlock_timeout = '1h'");
  const started = startRun(database, both, { limits: { backOffCapMs: 100 } });
  await until(async () => (await value<number>(client, WAITING)) === 1);
  await app.query('LOCK TABLE customers IN ROW EXCLUSIVE MODE');
  await app.query('COMMIT');
  const result = await started.result;
  expect(result.outcome).toBe('completed');
  expect(started.of('lock:timeout').length).toBeGreaterThanOrEqual(1);
});

test('a statement that is slow under its lock is cut off as soon as it keeps others waiting', async () => {
  const slow = plan(
    migration('0001_slow', [
      transactionStep('01-slow', ['ALTER TABLE orders ADD COLUMN extra int', 'SELECT pg_sleep(60)'], {
        locks: ['public.orders ACCESS EXCLUSIVE'],
        statementTimeoutMs: 120_000,
      }),
    ]),
  );
  const started = startRun(database, slow, { limits: { maxSlowStrikes: 1 } });
  await until(
    async () =>
      (await value<number>(
        client,
        "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%' AND wait_event = 'PgSleep'",
      )) === 1,
  );
  await client.query('SELECT count(*) FROM orders');
  const result = await started.result;
  expect(result.outcome).toBe('stopped');
  expect(result.summary).toMatch(/statement itself is slow: it kept another session waiting/);
  expect(result.exposure.maxWaitersSeen).toBe(1);
  expect(await value(client, HAS_COLUMN)).toBe(0);
});

/** So many sessions that read orders, one statement each. */
async function readInTurn(count: number): Promise<Promise<unknown>[]> {
  const sessions = await Promise.all(Array.from({ length: count }, () => database.client()));
  return sessions.map((session) => session.query('SELECT count(*) FROM orders'));
}

describe('the queue budget', () => {
  const wide = plan(
    migration('0001_column', [
      transactionStep('01-add', 'ALTER TABLE orders ADD COLUMN extra int', {
        locks: ['public.orders ACCESS EXCLUSIVE'],
        lockTimeoutMs: 20_000,
        statementTimeoutMs: 60_000,
      }),
    ]),
  );
  // Young enough to be struck behind; the budget of the step is long, so that only the queue can end the strike.
  const limits = { oldHolderMs: 600_000, backOffCapMs: 300, maxStallMs: 600_000 };

  test('a strike is taken back once too many stand behind it, told, and tried again', async () => {
    const reader = await openTransaction('SELECT count(*) FROM orders');
    const started = startRun(database, wide, { limits: { ...limits, maxQueued: 2 } });
    await until(() => started.of('lock:timeout').length === 4);
    await until(async () => (await value<number>(client, WAITING)) === 1);
    const queued = await readInTurn(3);
    const told = await started.next('strike:cancelled');
    expect(told).toMatchObject({ budget: 'queue', limit: 2, waiters: 3, weWaited: true, step: '01-add' });
    await Promise.all(queued);
    await reader.query('COMMIT');
    const result = await started.result;
    expect(result.outcome).toBe('completed');
    expect(result.exposure.maxWaitersSeen).toBe(3);
    expect(result.exposure.waitedInQueueMs).toBeGreaterThan(0);
    expect(await value(client, HAS_COLUMN)).toBe(1);
  });

  test('who waits for one who waits for us is counted, and who waits for others is not', async () => {
    await client.query('CREATE TABLE other (id int PRIMARY KEY); INSERT INTO other VALUES (1), (2)');
    const reader = await openTransaction('SELECT count(*) FROM orders');
    const writer = await openTransaction('UPDATE other SET id = id WHERE id = 1');
    const stranger = await openTransaction('UPDATE other SET id = id WHERE id = 2');
    const started = startRun(database, wide, { limits: { ...limits, maxQueued: 1 } });
    const [forStranger, forWriter] = [await database.client(), await database.client()];
    await until(() => started.of('lock:timeout').length === 4);
    await until(async () => (await value<number>(client, WAITING)) === 1);
    const waits = [forStranger.query('UPDATE other SET id = id WHERE id = 2')];
    waits.push(writer.query('SELECT count(*) FROM orders'));
    await until(async () => (await value<number>(client, WAITING)) === 3);
    expect(started.of('strike:cancelled')).toEqual([]);
    waits.push(forWriter.query('UPDATE other SET id = id WHERE id = 1'));
    const told = await started.next('strike:cancelled');
    expect(told).toMatchObject({ budget: 'queue', waiters: 2 });
    await Promise.all([reader, stranger].map((session) => session.query('COMMIT')));
    await waits[1];
    await writer.query('COMMIT');
    await Promise.all(waits);
    expect((await started.result).outcome).toBe('completed');
  });

  test('the stall budget takes a strike back as well', async () => {
    const reader = await openTransaction('SELECT count(*) FROM orders');
    const short = plan(
      migration('0001_column', [
        transactionStep('01-add', ['ALTER TABLE orders ADD COLUMN extra int', 'SELECT pg_sleep(0.6)'], {
          locks: ['public.orders ACCESS EXCLUSIVE'],
        }),
      ]),
    );
    await reader.query('COMMIT');
    const started = startRun(database, short, { limits: { backOffCapMs: 300 } });
    await until(async () => (await value<number>(client, SLEEPS)) === 1);
    await client.query('SELECT count(*) FROM orders');
    const told = await started.next('strike:cancelled');
    expect(told).toMatchObject({ budget: 'stall', limit: 100, waiters: 1, weWaited: false });
    expect((await started.result).outcome).toBe('completed');
  });

  test('a cancel that comes behind the COMMIT changes nothing: the ledger row decides', async () => {
    const late = plan(
      migration('0001_late', [
        transactionStep(
          '01-late',
          ['ALTER TABLE orders ADD COLUMN extra int', 'COMMIT', 'SELECT pg_advisory_lock(7)', 'SELECT pg_sleep(60)'],
          { locks: ['public.orders ACCESS EXCLUSIVE'] },
        ),
      ]),
    );
    const started = startRun(database, late);
    await until(async () => (await value<number>(client, SLEEPS)) === 1);
    const waits = (await database.client()).query('SELECT pg_advisory_lock(7)');
    const result = await started.result;
    await waits;
    expect(result).toMatchObject({ outcome: 'completed', exposure: { strikes: 1, maxWaitersSeen: 1 } });
    expect(started.of('strike:cancelled')).toEqual([]);
    expect(await value(client, HAS_COLUMN)).toBe(1);
  });
});

test('VALIDATE runs without blocking writers, tells that it runs, and stops when told', async () => {
  await client.query(
    'ALTER TABLE orders ADD CONSTRAINT positive CHECK (id > 0 AND pg_sleep(0.2) IS NOT NULL) NOT VALID',
  );
  const validate = plan(
    migration('0001_validate', [
      transactionStep('01-validate', 'ALTER TABLE orders VALIDATE CONSTRAINT positive', {
        locks: ['public.orders SHARE UPDATE EXCLUSIVE'],
        lockClass: 'scan',
        statementTimeoutMs: null,
        condition: "SELECT convalidated FROM pg_constraint WHERE conname = 'positive'",
      }),
    ]),
  );
  const started = startRun(database, validate, { limits: { scanProgressEveryMs: 10 } });
  await started.next('scan:progress');
  await client.query('UPDATE orders SET changed = 0 WHERE id = 0');
  started.abort();
  expect((await started.result).outcome).toBe('stopped');
  expect(await value(client, "SELECT convalidated FROM pg_constraint WHERE conname = 'positive'")).toBe(false);
});

test('partition parents are locked before their partitions, in one order', async () => {
  await client.query(`CREATE TABLE a_part (id int) ; CREATE TABLE parted (id int) PARTITION BY RANGE (id);
    ALTER TABLE parted ATTACH PARTITION a_part FOR VALUES FROM (1) TO (9)`);
  const result = await run(
    database,
    plan(
      migration('0001_parted', [
        transactionStep(
          '01-lock',
          'CREATE TABLE seen AS SELECT query FROM pg_stat_activity WHERE datname = current_database() AND pid = pg_backend_pid()',
          {
            locks: [
              'public.a_part ACCESS EXCLUSIVE',
              'public.orders SHARE',
              'public.parted ACCESS EXCLUSIVE',
              'public.orders_pkey ACCESS EXCLUSIVE',
              'public.not_there ACCESS EXCLUSIVE',
            ],
          },
        ),
      ]),
    ),
  );
  expect(result.summary).toBe('Done: one migration is applied.');
  const text = await value<string>(client, 'SELECT query FROM seen');
  expect(text.match(/LOCK TABLE .*/g)).toEqual([
    'LOCK TABLE ONLY public.orders IN SHARE MODE',
    'LOCK TABLE ONLY public.parted IN ACCESS EXCLUSIVE MODE',
    'LOCK TABLE ONLY public.a_part IN ACCESS EXCLUSIVE MODE',
  ]);
});

describe('on a server of its own', () => {
  test('a prepared transaction is waited for and named', async () => {
    const server = await startPostgresServer({ major: 18, settings: { max_prepared_transactions: '5' } });
    try {
      const own: TestDatabase = { ...database, url: server.url() };
      const { Client } = (await import('pg')).default;
      const session = new Client(server.url());
      await session.connect();
      await createOrders(session, 10);
      await session.query("BEGIN; UPDATE orders SET changed = 1; PREPARE TRANSACTION 'left over'");
      const started = startRun(own, addColumn);
      const wait = await started.next('lock:wait');
      expect(wait.blockers[0]).toMatchObject({ pid: null, applicationName: 'prepared as left over' });
      await session.query("ROLLBACK PREPARED 'left over'");
      expect((await started.result).outcome).toBe('completed');
      await session.end();
    } finally {
      await server.stop();
    }
  });

  test('a running autovacuum gives way within one strike', async () => {
    const server = await startPostgresServer({
      major: 18,
      settings: { autovacuum_naptime: '1s', autovacuum_vacuum_cost_delay: '100ms', autovacuum_vacuum_cost_limit: '1' },
    });
    try {
      const { Client } = (await import('pg')).default;
      const session = new Client(server.url());
      await session.connect();
      await createOrders(session, 20_000);
      await session.query('UPDATE orders SET changed = 1');
      await until(
        async () =>
          (await value<number>(
            session,
            "SELECT count(*)::int FROM pg_stat_progress_vacuum WHERE relid = 'orders'::regclass",
          )) === 1,
      );
      const result = await run({ ...database, url: server.url() }, addColumn, { limits: { oldHolderMs: 1 } });
      expect(result).toMatchObject({ outcome: 'completed', exposure: { strikes: 1, waitedInQueueMs: 0 } });
      await session.end();
    } finally {
      await server.stop();
    }
  });
});
