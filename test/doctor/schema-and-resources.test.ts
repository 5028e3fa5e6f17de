import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { examineServer } from '../../src/api/examine-server.ts';
import { renderReport } from '../../src/report/reporters.ts';
import { LEDGER_VERSION } from '../../src/run/ledger-schema.ts';
import { startPostgresServer } from '../../src/server/postgres-server.ts';
import { ownValidator } from '../report/schema-validators.ts';
import { migration, plan, transactionStep } from '../run/plan-fixture.ts';
import { createOrders, run, until, value } from '../run/run-support.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { checkOf, expectCheck } from './diagnosis.ts';

let database: TestDatabase;
let client: pg.Client;

describe.each([13, 15, 18])('PostgreSQL %i', (major) => {
  beforeEach(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
    await createOrders(client, 10);
  });
  afterEach(() => database.drop());

  test('an index that a failed build left behind; the command brings it in order', async () => {
    const id = 'schema.invalid-indexes';
    expectCheck(await checkOf(database.url, id), 'ok', /No index is invalid/);
    await client.query("UPDATE orders SET note = 'same'");
    await expect(client.query('CREATE UNIQUE INDEX CONCURRENTLY "Orders Note" ON orders (note)')).rejects.toThrow();
    const check = await checkOf(database.url, id);
    expectCheck(
      check,
      'warn',
      '1 index invalid: public."Orders Note" on orders.',
      /INDEX CONCURRENTLY public\."Orders Note";/,
    );
    await client.query('UPDATE orders SET note = id::text');
    await client.query(check.nextCommand ?? '');
    expectCheck(await checkOf(database.url, id), 'ok', /No index is invalid/);
  });

  test('a remain of REINDEX CONCURRENTLY is to be dropped', async () => {
    await client.query(`CREATE INDEX orders_note_idx ON orders (note); CREATE INDEX orders_note_idx_ccnew ON orders (note);
      UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_note_idx_ccnew'::regclass`);
    const check = await checkOf(database.url, 'schema.invalid-indexes');
    expectCheck(
      check,
      'warn',
      '1 index invalid: public.orders_note_idx_ccnew on orders (left behind by REINDEX CONCURRENTLY).',
      'DROP INDEX CONCURRENTLY public.orders_note_idx_ccnew;',
    );
    await client.query(check.nextCommand ?? '');
    expectCheck(await checkOf(database.url, 'schema.invalid-indexes'), 'ok', /No index is invalid/);
  });

  test('an index that is being built is none of them, even for who sees little', async () => {
    const writer = await database.client();
    await writer.query("BEGIN; INSERT INTO orders VALUES (11, 'x')");
    const builder = await database.client();
    const built = builder.query('CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note)');
    await until(() => value<boolean>(client, "SELECT to_regclass('orders_note_idx') IS NOT NULL"));
    const role = `sees_${database.name}`;
    await client.query(`CREATE ROLE ${role} LOGIN`);
    expectCheck(await checkOf(database.url, 'schema.invalid-indexes'), 'ok', /No index is invalid/);
    const little = database.url.replace('postgres@', `${role}@`);
    expectCheck(await checkOf(little, 'schema.invalid-indexes'), 'ok', /No index is invalid/);
    await writer.query('ROLLBACK');
    await built;
    await client.query(`DROP ROLE ${role}`);
  });

  test('constraints that were never validated; the command validates one', async () => {
    const id = 'schema.not-valid-constraints';
    expectCheck(await checkOf(database.url, id), 'ok', 'Every constraint is validated.');
    await client.query(`ALTER TABLE orders ADD CONSTRAINT "Note set" CHECK (note <> '') NOT VALID`);
    const check = await checkOf(database.url, id);
    expectCheck(
      check,
      'warn',
      '1 constraint NOT VALID: CHECK "Note set" of public.orders.',
      'ALTER TABLE public.orders VALIDATE CONSTRAINT "Note set";',
    );
    await client.query(check.nextCommand ?? '');
    expectCheck(await checkOf(database.url, id), 'ok', 'Every constraint is validated.');
  });

  test('an extension that is older than its files', async () => {
    const id = 'schema.extensions';
    expectCheck(await checkOf(database.url, id), 'ok', /plpgsql 1\.0/);
    await client.query("CREATE EXTENSION hstore VERSION '1.4'");
    const check = await checkOf(database.url, id);
    expectCheck(check, 'warn', /hstore 1\.4 \(1\.\d is there\)/, 'ALTER EXTENSION hstore UPDATE;');
    await client.query(check.nextCommand ?? '');
    expectCheck(await checkOf(database.url, id), 'ok', /hstore 1\.\d/);
  });

  test('sizes are told, and that the room left is not known', async () => {
    await client.query('VACUUM ANALYZE orders');
    expectCheck(
      await checkOf(database.url, 'resources.disk'),
      'unknown',
      /^The database has \d+(\.\d)? MB; biggest: public\.orders 8 kB \(indexes 16 kB\)\. How much room is left, SQL cannot/,
      /^df -h \//,
    );
  });

  test('a table whose sizes nobody knows', async () => {
    const id = 'resources.statistics';
    await client.query('DROP TABLE orders; CREATE TABLE fresh AS SELECT generate_series(1, 100) AS id');
    const becomes = (status: string): Promise<void> =>
      until(async () => {
        // Before 15 a session hands in what it counted with its next statement.
        await client.query('SELECT 1');
        return (await checkOf(database.url, id)).status === status;
      });
    await becomes('warn');
    const check = await checkOf(database.url, id);
    expectCheck(check, 'warn', /1 table of .* not analyzed lately: public\.fresh \(never\)/, 'ANALYZE public.fresh;');
    await client.query(check.nextCommand ?? '');
    await becomes('ok');
  });

  test('a table that autovacuum is off for', async () => {
    const id = 'resources.autovacuum';
    expectCheck(await checkOf(database.url, id), 'ok', 'Autovacuum is on, for every table.');
    await client.query('ALTER TABLE orders SET (autovacuum_enabled = off)');
    const check = await checkOf(database.url, id);
    expectCheck(
      check,
      'warn',
      'Autovacuum is off for public.orders.',
      'ALTER TABLE public.orders RESET (autovacuum_enabled);',
    );
    await client.query(check.nextCommand ?? '');
    expectCheck(await checkOf(database.url, id), 'ok', /for every table/);
  });

  test('a deadlock is counted', async () => {
    expectCheck(await checkOf(database.url, 'resources.deadlocks'), 'ok', /^0 deadlocks/);
    const other = await database.client();
    await client.query("SET deadlock_timeout = '10ms'; BEGIN; UPDATE orders SET note = 'a' WHERE id = 1");
    await other.query("SET deadlock_timeout = '10s'; BEGIN; UPDATE orders SET note = 'b' WHERE id = 2");
    const waits = other.query("UPDATE orders SET note = 'b' WHERE id = 1");
    await expect(client.query("UPDATE orders SET note = 'a' WHERE id = 2")).rejects.toThrow(/deadlock/);
    await client.query('ROLLBACK');
    await waits;
    await other.query('ROLLBACK');
    await until(async () => {
      await client.query('SELECT 1');
      return (await checkOf(database.url, 'resources.deadlocks')).measured.startsWith('1 deadlock ');
    });
  });

  test('the ledger: none, ours, one with a failure, an older and a newer one', async () => {
    const id = 'runs.ledger';
    expectCheck(await checkOf(database.url, id), 'ok', /There is no ledger/);
    await run(database, plan(migration('0001_a', [transactionStep('01-a', 'CREATE TABLE a (id int)')])));
    expectCheck(
      await checkOf(database.url, id),
      'ok',
      `The ledger has version ${LEDGER_VERSION}; migrations: 1 applied.`,
    );
    await run(database, plan(migration('0002_b', [transactionStep('01-b', 'SELECT 1/0')])));
    expectCheck(await checkOf(database.url, id), 'warn', /1 applied, 1 failed/, 'evenkeel status <folder>');
    await client.query('UPDATE evenkeel.ledger SET version = 1');
    expectCheck(await checkOf(database.url, id), 'warn', /has version 1, of an older Evenkeel; the next run brings it/);
    await client.query('UPDATE evenkeel.ledger SET version = 99');
    expectCheck(await checkOf(database.url, id), 'fail', /has version 99/, 'npm install evenkeel@latest');
  });

  test('a ledger that somebody has locked is not waited for', async () => {
    await run(database, plan(migration('0001_a', [transactionStep('01-a', 'CREATE TABLE a (id int)')])));
    const other = await database.client();
    await other.query('BEGIN; LOCK TABLE evenkeel.ledger');
    expectCheck(await checkOf(database.url, 'runs.ledger'), 'unknown', /lock timeout \(55P03\)/);
  });

  test('a run that is under way is named, and its worker is no orphan', async () => {
    expectCheck(await checkOf(database.url, 'runs.runner'), 'ok', 'No run is under way.');
    const runner = await database.client();
    await runner.query(`SET application_name = 'evenkeel:control:x'; SELECT pg_advisory_lock(${0x45564b4c}, 1)`);
    await (await database.client()).query("SET application_name = 'evenkeel:worker:x'");
    expectCheck(await checkOf(database.url, 'runs.runner'), 'warn', /pid \d+ \(evenkeel:control:x, connected for/);
    expectCheck(await checkOf(database.url, 'runs.orphans'), 'ok', /its worker is its own/);
  });

  test('connections: of the server, of the role, of the database', async () => {
    const id = 'resources.connections';
    const role = `few_${database.name}`;
    await client.query(`SET application_name = 'web'; CREATE ROLE ${role} LOGIN`);
    const url = database.url.replace('postgres@', `${role}@`);
    expectCheck(await checkOf(url, id), 'ok', /^\d+ connections free beside ours: \d+ of 200 .*web 1/);
    await client.query(`ALTER ROLE ${role} CONNECTION LIMIT 3`);
    expectCheck(await checkOf(url, id), 'fail', /^2 connections free .*the role may have 3/, /pg_stat_activity/);
    await client.query(`ALTER ROLE ${role} CONNECTION LIMIT -1; ALTER DATABASE ${database.name} CONNECTION LIMIT 5`);
    expectCheck(await checkOf(url, id), 'warn', /the database allows 5/);
    await client.query(`ALTER DATABASE ${database.name} CONNECTION LIMIT -1; DROP ROLE ${role}`);
  });

  test('the doctor waits for nobody who holds a table, and leaves nothing behind', async () => {
    const before = await everything(client);
    const other = await database.client();
    await other.query('BEGIN; LOCK TABLE orders');
    const report = await examineServer({ databaseUrl: database.url });
    const { checks } = report;
    expect(ownValidator('doctor')(JSON.parse(renderReport(report, 'json').output))).toEqual([]);
    expect(checks.filter(({ measured }) => /timeout/.test(measured) && /55P03|57014/.test(measured))).toEqual([]);
    await other.query('ROLLBACK');
    expect(await everything(client)).toEqual(before);
  });
});

/** All there is in the database, by its catalog. */
async function everything(session: pg.Client): Promise<unknown> {
  const { rows } = await session.query(`SELECT oid::text, relname, relkind, relacl::text, reloptions::text FROM pg_class
    UNION ALL SELECT oid::text, nspname, 'n', nspacl::text, NULL FROM pg_namespace
    UNION ALL SELECT oid::text, proname, 'f', NULL, NULL FROM pg_proc ORDER BY 1, 2`);
  return rows;
}

test.each([13, 18])('what is off for a whole server of PostgreSQL %i', async (major) => {
  const settings = {
    autovacuum: 'off',
    track_activities: 'off',
    max_connections: '6',
    superuser_reserved_connections: '2',
  };
  const server = await startPostgresServer({ major, settings });
  const own = new pg.Client({ connectionString: server.url() });
  try {
    await own.connect();
    await own.query('CREATE ROLE plain LOGIN');
    expectCheck(
      await checkOf(server.url(), 'resources.autovacuum'),
      'warn',
      /off for the whole server: autovacuum off/,
      'ALTER SYSTEM SET autovacuum = on; SELECT pg_reload_conf();',
    );
    expectCheck(await checkOf(server.url(), 'resources.track-activities'), 'warn', /track_activities is off/);
    expectCheck(await checkOf(server.url(), 'resources.connections'), 'ok', /^4 connections free .* 2 of 6/);
    const url = server.url().replace('postgres@', 'plain@');
    expectCheck(
      await checkOf(url, 'resources.connections'),
      'fail',
      /^2 connections free .* 2 are kept from this role/,
    );
  } finally {
    await own.end();
    await server.stop();
  }
});
