import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { nextSignalState } from '../../src/backfill/hysteresis.ts';
import { readSignals } from '../../src/backfill/signals.ts';
import type { Connection } from '../../src/db/connection.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import { type BackfillSettings, DEFAULT_BACKFILL_SETTINGS, type SignalReading } from '../../src/model/backfill.ts';
import { ReadOnlyServerError } from '../../src/model/error.ts';
import { type PostgresServer, startPostgresServer } from '../../src/server/postgres-server.ts';
import { until, value } from '../run/run-support.ts';
import { startStandby } from '../support/start-standby.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { NO_SIGNALS, startTry } from './backfill-support.ts';

const READING: SignalReading = { signal: 'x', value: 0, limit: 100, level: 'fine', sentence: '' };

test('a signal that held lets go well below its limit, and not at once', () => {
  const held = nextSignalState(null, { ...READING, value: 101, level: 'hold' }, 0);
  expect(held).toEqual({ isHolding: true, sinceMs: 0 });
  expect(nextSignalState(held, { ...READING, value: 90 }, 60_000).isHolding).toBe(true);
  expect(nextSignalState(held, { ...READING, value: 50 }, 1_000).isHolding).toBe(true);
  expect(nextSignalState(held, { ...READING, value: 50 }, 2_000)).toEqual({ isHolding: false, sinceMs: 2_000 });
  expect(nextSignalState(null, { ...READING, value: 90 }, 0).isHolding).toBe(false);
});

test('what cannot be told holds', () => {
  expect(nextSignalState(null, { ...READING, value: null, level: 'unknown' }, 0).isHolding).toBe(true);
});

describe.each([13, 18])('PostgreSQL %i', (major) => {
  let database: TestDatabase;
  let client: pg.Client;
  let connection: Connection;
  const memory = new Map();

  const read = async (settings: Partial<BackfillSettings>, session = connection): Promise<readonly SignalReading[]> =>
    readSignals(session, { table: 'public.orders', settings: { ...DEFAULT_BACKFILL_SETTINGS, ...settings }, memory });
  const one = async (signal: string, limit: number, session = connection): Promise<SignalReading> =>
    (await read({ limits: { ...NO_SIGNALS, [signal]: limit } }, session))[0]!;

  beforeEach(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
    await client.query(`CREATE TABLE orders (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);
      INSERT INTO orders (id) SELECT generate_series(1, 3000); ANALYZE orders`);
    connection = await connectPostgres(database.url, { applicationName: 'signals' });
  });
  afterEach(async () => {
    await connection.close();
    await database.drop();
  });

  test('every signal can be read, and says so in words', async () => {
    const limits = Object.fromEntries(Object.keys(NO_SIGNALS).map((name) => [name, 1e15]));
    for (const reading of await read({ limits })) {
      expect(reading).toMatchObject({ level: 'fine', sentence: expect.stringMatching(/\w{3}/) });
    }
    // With the limits that nobody has set.
    const usual = await read({});
    expect(usual.filter(({ level }) => level === 'unknown')).toEqual([]);
    expect(usual).toHaveLength(9);
  });

  test('an old transaction, dead rows and a slot nobody reads hold it', async () => {
    const holder = await database.client();
    await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
    expect(await one('old-snapshot', 1)).toMatchObject({
      level: 'hold',
      sentence: expect.stringMatching(/server process \d+ .*transaction open/),
    });
    await client.query('UPDATE orders SET n = 1');
    await holder.query('COMMIT');
    await until(async () => {
      // A session tells what it counted at the end of a later transaction.
      await client.query('SELECT 1');
      return (await one('dead-rows', 1_000)).level === 'hold';
    });
    expect(await one('dead-rows', 1_000)).toMatchObject({ value: 3_000, limit: 1_000 });
    // The usual limit is twice what calls autovacuum, and not less than half a million.
    expect((await one('dead-rows', 0)).limit).toBe(500_000);
    await client.query('ALTER TABLE orders SET (autovacuum_vacuum_threshold = 1000000)');
    expect((await one('dead-rows', 0)).limit).toBe(2_001_200);
    await client.query('ALTER TABLE orders SET (autovacuum_enabled = off)');
    expect(await one('dead-rows', 1_000)).toMatchObject({
      level: 'fine',
      sentence: expect.stringMatching(/autovacuum is off/),
    });
    await client.query(`SELECT pg_create_physical_replication_slot('${database.name}', true)`);
    await client.query('UPDATE orders SET n = 2');
    const slot = await one('slot-lag', 1);
    await client.query(`SELECT pg_drop_replication_slot('${database.name}')`);
    expect(slot).toMatchObject({ level: 'hold', sentence: expect.stringMatching(/behind, and nobody reads it/) });
  });

  test('a role that sees nothing of others holds, and is told what to grant', async () => {
    const role = `blind_${database.name}`;
    await client.query(`CREATE ROLE ${role} LOGIN`);
    const blind = await connectPostgres(database.url.replace('postgres@', `${role}@`), { applicationName: 'blind' });
    const reading = await one('old-snapshot', 60_000, blind);
    await blind.close();
    await client.query(`DROP ROLE ${role}`);
    expect(reading).toMatchObject({
      value: null,
      level: 'unknown',
      sentence: expect.stringMatching(/GRANT pg_monitor .* --limit old-snapshot=off/),
    });
  });

  test("a query and an address of the user's own: what fails holds as well", async () => {
    const off = { limits: NO_SIGNALS };
    const level = async (settings: Partial<BackfillSettings>) => (await read({ ...off, ...settings }))[0]!.level;
    expect(await level({ probeSql: 'SELECT count(*) > 10 FROM orders' })).toBe('hold');
    expect(await level({ probeSql: 'SELECT count(*) > 10000 FROM orders' })).toBe('fine');
    expect(await level({ probeSql: 'SELECT 7' })).toBe('unknown');
    expect(await level({ probeSql: 'SELECT nothing' })).toBe('unknown');
    let status = 200;
    const server = createServer((_request, response) => {
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const probeUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthy`;
    expect(await level({ probeUrl })).toBe('fine');
    status = 503;
    expect(await level({ probeUrl })).toBe('hold');
    await new Promise((resolve) => server.close(resolve));
    expect(await level({ probeUrl })).toBe('unknown');
  });

  test('held by the query, it waits and says why; once the query lets it, it finishes', async () => {
    await client.query('CREATE TABLE brake (on_ boolean); INSERT INTO brake VALUES (true)');
    const started = startTry(database, 'UPDATE orders SET n = n + 1', {
      settings: { probeSql: 'SELECT on_ FROM brake' },
    });
    await until(() => started.of('backfill:hold').length > 0);
    expect(started.of('backfill:hold')[0]).toMatchObject({
      by: 'hold-when',
      sentence: 'your query says that it has to hold',
    });
    await until(async () => (await value(client, 'SELECT held_by FROM evenkeel.backfill')) !== null);
    expect(await value(client, 'SELECT sum(n)::int FROM orders')).toBe(0);
    await client.query('UPDATE brake SET on_ = false');
    expect(await started.result).toBe('finished');
    expect(started.of('backfill:go')[0]!.heldMs).toBeGreaterThan(0);
    expect(await value(client, "SELECT string_agg(DISTINCT n::text, ',') FROM orders")).toBe('1');
    expect(await value(client, 'SELECT held_by FROM evenkeel.backfill')).toBeNull();
  });
});

test('the sessions that look are ended by somebody: it holds, looks again and goes on', async () => {
  const database = await createTestDatabase(18);
  const client = await database.client();
  await client.query(`CREATE TABLE orders (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);
    INSERT INTO orders (id) SELECT generate_series(1, 3000)`);
  const settings = { dutyCycle: 0.05, batchTargetMs: 5, workers: 2 };
  const started = startTry(database, 'UPDATE orders SET n = n + 1', { settings, rangeRows: 300 });
  await until(async () => (await value<number>(client, 'SELECT sum(n)::int FROM orders')) > 0);
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'evenkeel:backfill:%'",
  );
  expect(await started.result).toBe('finished');
  expect(await value(client, "SELECT string_agg(DISTINCT n::text, ',') FROM orders")).toBe('1');
  await database.drop();
});

describe('a standby', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer({ major: 18 });
  });
  afterAll(() => server.stop());

  test('that does not replay holds the backfill until it has caught up', async () => {
    const session = await connectPostgres(server.url(), { applicationName: 'test' });
    await session.execute(`CREATE TABLE orders (id int PRIMARY KEY, n int NOT NULL DEFAULT 0, note text);
      INSERT INTO orders (id, note) SELECT i, repeat('x', 200) FROM generate_series(1, 60000) i`);
    const standby = await startStandby(server, 'copy');
    const replica = await connectPostgres(standby.url(), { applicationName: 'test' });
    try {
      await expect(startTry({ url: standby.url() } as TestDatabase, 'UPDATE orders SET n = 1').result).rejects.toThrow(
        ReadOnlyServerError,
      );
      await replica.query('SELECT pg_wal_replay_pause()');
      const database = { url: server.url() } as TestDatabase;
      const started = startTry(database, "UPDATE orders SET n = n + 1, note = note || 'y'", {
        settings: { batchTargetMs: 10, dutyCycle: 0.2, limits: { 'physical-lag': 2 * 1024 ** 2 } },
      });
      await until(() => started.of('backfill:hold').length > 0);
      const [hold] = started.of('backfill:hold');
      expect(hold).toMatchObject({
        by: 'physical-lag',
        sentence: expect.stringMatching(/standby copy is .* MB behind, the limit is 2 MB/),
      });
      const [held] = await session.query<{ n: number }>('SELECT sum(n)::int AS n FROM orders');
      expect(held!.n).toBeLessThan(60_000);
      await replica.query('SELECT pg_wal_replay_resume()');
      expect(await started.result).toBe('finished');
      expect(started.of('backfill:go').length).toBeGreaterThan(0);
      const [done] = await session.query<{ n: number; least: number }>(
        'SELECT max(n) AS n, min(n) AS least FROM orders',
      );
      expect(done).toEqual({ n: 1, least: 1 });
    } finally {
      await Promise.all([replica.close(), session.close()]);
      await standby.stop();
    }
  });
});
