import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgresServer } from '../../src/server/postgres-server.ts';
import { createOrders, until, value } from '../run/run-support.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { checkOf, expectCheck } from './diagnosis.ts';

let database: TestDatabase;
let client: pg.Client;

describe.each([13, 18])('PostgreSQL %i', (major) => {
  beforeEach(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
    await createOrders(client, 10);
  });
  afterEach(() => database.drop());

  test('a session that idles in its transaction is named, without what its query held', async () => {
    const id = 'transactions.idle';
    expectCheck(await checkOf(database.url, id), 'ok', 'No session idles in a transaction for longer than 10 s.');
    const other = await database.client();
    await other.query("SET application_name = 'report'; BEGIN");
    await other.query("SELECT * FROM orders WHERE note = 's3cret'");
    const check = await checkOf(database.url, id, { idleInTransactionMs: 0 });
    expectCheck(check, 'warn', /^1 session: pid \d+ \(report, postgres\) idle in transaction for \d+ m?s: SELECT/);
    expect(check.measured).not.toContain('s3cret');
    expect(check.measured).toContain('WHERE note = ?');
    await client.query((check.nextCommand ?? '').replace(/^.*or SELECT/, 'SELECT'));
    await until(async () => (await checkOf(database.url, id, { idleInTransactionMs: 0 })).status === 'ok');
  });

  test('a long statement is named, and so is the snapshot that it holds', async () => {
    expectCheck(await checkOf(database.url, 'transactions.long'), 'ok', /for longer than 1 min/);
    const other = await database.client();
    const sleeping = other.query('SELECT pg_sleep(600)').catch(() => undefined);
    const limits = { longTransactionMs: 0 };
    await until(async () => (await checkOf(database.url, 'transactions.long', limits)).status === 'warn');
    const check = await checkOf(database.url, 'transactions.long', limits);
    expectCheck(check, 'warn', /^1 session: pid \d+ \(postgres\) active for \d+ m?s: SELECT pg_sleep\(\?\)/);
    const horizon = await checkOf(database.url, 'transactions.horizon', { ...limits, oldXminXids: 0 });
    expectCheck(horizon, 'warn', /session \d+ \(postgres\): \d+ transactions back, open for/);
    await client.query((check.nextCommand ?? '').replace(/^.*or SELECT/, 'SELECT'));
    await sleeping;
    await until(async () => (await checkOf(database.url, 'transactions.long', limits)).status === 'ok');
  });

  test('the age of the oldest row, and from where on it is a danger', async () => {
    const id = 'transactions.wraparound';
    expectCheck(await checkOf(database.url, id), 'ok', /is [\d,]+ transactions old .*freeze_max_age is 200000000/);
    expectCheck(await checkOf(database.url, id, { wraparoundWarnXids: 1 }), 'warn', /transactions old/, /VACUUM/);
    expectCheck(await checkOf(database.url, id, { wraparoundFailXids: 1 }), 'fail', /transactions old/, /VACUUM/);
  });

  test('sessions of other migration tools, and advisory locks', async () => {
    const id = 'runs.other-tools';
    expectCheck(await checkOf(database.url, id), 'ok', /No session of another migration tool/);
    const other = await database.client();
    await other.query('SELECT pg_advisory_lock(72707369)');
    expectCheck(await checkOf(database.url, id), 'ok', /holds the advisory lock 72707369/);
    await other.query("SET application_name = 'Flyway by Redgate'");
    expectCheck(
      await checkOf(database.url, id),
      'warn',
      /^1 session of other tools: pid \d+ \(Flyway by Redgate\), .*advisory lock 72707369\.$/,
      /WHERE pid = \d+/,
    );
  });
});

describe.each([13, 18])('a vacuum against wraparound on PostgreSQL %i', (major) => {
  let server: PostgresServer;
  let own: pg.Client;
  beforeAll(async () => {
    const settings = { autovacuum_freeze_max_age: '100000', autovacuum_naptime: '1s' };
    server = await startPostgresServer({ major, settings });
    own = new pg.Client({ connectionString: server.url() });
    await own.connect();
  });
  afterAll(async () => {
    await own.end();
    await server.stop();
  });

  test('is seen while it runs', async () => {
    await own.query(`CREATE TABLE big WITH (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)
      AS SELECT i AS id, repeat('x', 500) AS filler FROM generate_series(1, 20000) i`);
    await own.query(`DO $$ BEGIN FOR i IN 1..110000 LOOP PERFORM txid_current(); COMMIT; END LOOP; END $$`);
    await until(() =>
      value<boolean>(
        own,
        `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'autovacuum worker' AND query LIKE '%public.big (to prevent wraparound)%')`,
      ),
    );
    expectCheck(
      await checkOf(server.url(), 'transactions.wraparound'),
      'warn',
      /pid \d+: autovacuum: VACUUM .*public\.big \(to prevent wraparound\)/,
      /pg_stat_progress_vacuum/,
    );
  });
});
