import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectPostgres } from '../../src/db/postgres.ts';
import { startPostgresServer } from '../../src/server/postgres-server.ts';
import { QueryShapes } from '../../src/watch/query-shapes.ts';
import { type ReadSample, readLockSample } from '../../src/watch/read-lock-sample.ts';
import { waitForest } from '../../src/watch/wait-forest.ts';
import { blockersOf, waitGraph } from '../../src/watch/wait-graph.ts';
import { until } from '../run/run-support.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

describe.each([13, 15, 18])('on PostgreSQL %i, the graph is that of pg_blocking_pids()', (major) => {
  let database: TestDatabase;
  let asker: pg.Client;
  let waiters: number;

  beforeEach(async () => {
    database = await createTestDatabase(major);
    asker = await database.client();
    waiters = 0;
    await asker.query(`CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders VALUES (1), (2);
      CREATE TABLE items (id int PRIMARY KEY, note text)`);
  });
  afterEach(() => database.drop());

  /** A session in a transaction that has run `statements`. */
  async function holder(...statements: string[]): Promise<pg.Client> {
    const client = await database.client();
    await client.query('BEGIN');
    for (const sql of statements) await client.query(sql);
    return client;
  }

  /** Sends what will have to wait, and comes back once it does. */
  async function waits(client: pg.Client, sql: string): Promise<void> {
    client.query(sql).catch(() => undefined);
    waiters += 1;
    await until(async () => (await waiting()).length === waiters);
  }

  function waiting(): Promise<{ pid: number; blockers: number[] }[]> {
    return asker
      .query<{ pid: number; blockers: number[] }>(
        `SELECT pid, pg_blocking_pids(pid) AS blockers FROM pg_stat_activity
         WHERE wait_event_type = 'Lock' AND datname = current_database() ORDER BY pid`,
      )
      .then(({ rows }) => rows);
  }

  async function sample(): Promise<ReadSample> {
    const connection = await connectPostgres(database.url, { applicationName: 'evenkeel:watch' });
    try {
      return await readLockSample(connection, 'r', [], { relations: new Map(), shapes: new QueryShapes() });
    } finally {
      await connection.close();
    }
  }

  async function expectSame(): Promise<void> {
    const graph = waitGraph(await sample());
    const ours = [...graph.owners.keys()]
      .filter((owner) => (graph.waitsOf[owner]?.length ?? 0) > 0)
      .map((owner) => ({
        pid: graph.owners[owner]?.session?.pid,
        blockers: [...blockersOf(graph, owner)]
          .map((one) => graph.owners[one]?.session?.pid ?? 0)
          .sort((a, b) => a - b),
      }));
    const theirs = (await waiting()).map(({ pid, blockers }) => ({
      pid,
      blockers: [...new Set(blockers)].sort((a, b) => a - b),
    }));
    expect(theirs).toHaveLength(waiters);
    expect(ours.toSorted((a, b) => (a.pid ?? 0) - (b.pid ?? 0))).toEqual(theirs);
  }

  test('a queue behind an ALTER that waits for a reader', async () => {
    await holder('SELECT FROM orders');
    await waits(await database.client(), 'ALTER TABLE orders ADD extra int');
    for (const sql of ['SELECT FROM orders', 'UPDATE orders SET note = NULL', 'LOCK TABLE orders IN SHARE MODE']) {
      await waits(await holder(), sql);
    }
    await expectSame();
    expect((await sample()).locks.every(({ on }) => on === 'public.orders')).toBe(true);
  });

  test('rows and transactions that others changed', async () => {
    await holder("UPDATE orders SET note = 'a' WHERE id = 1");
    for (let count = 0; count < 3; count += 1) {
      await waits(await holder(), "UPDATE orders SET note = 'b' WHERE id = 1");
    }
    await expectSame();
    const wanted = (await sample()).locks.filter(({ granted }) => !granted);
    expect(wanted.map(({ on, thing }) => [on, thing])).toEqual(wanted.map(() => ['a row of public.orders', 'row']));
  });

  test('a session that holds the lock already goes in front', async () => {
    await holder('LOCK TABLE items IN SHARE MODE');
    const second = await holder('SELECT FROM items');
    await waits(await database.client(), 'ALTER TABLE items ADD extra int');
    await waits(await holder(), 'SELECT FROM items');
    await waits(second, 'DELETE FROM items');
    await expectSame();
  });

  test('a concurrent index build that waits for a writer', async () => {
    await holder("UPDATE orders SET note = 'a' WHERE id = 1");
    await waits(await database.client(), 'CREATE INDEX CONCURRENTLY ON orders (note)');
    await expectSame();
  });

  test('an advisory lock', async () => {
    await holder('SELECT pg_advisory_xact_lock(7)');
    await waits(await holder(), 'SELECT pg_advisory_xact_lock(7)');
    await waits(await holder(), 'SELECT pg_advisory_xact_lock_shared(7)');
    await expectSame();
  });
});

test('a prepared transaction keeps others waiting under its own name', async () => {
  const server = await startPostgresServer({ major: 18, settings: { max_prepared_transactions: '5' } });
  const clients = [new pg.Client(server.url()), new pg.Client(server.url())] as const;
  try {
    for (const client of clients) {
      client.on('error', () => undefined);
      await client.connect();
    }
    await clients[0].query('CREATE TABLE orders (id int)');
    await clients[0].query("BEGIN; INSERT INTO orders VALUES (1); PREPARE TRANSACTION 'left over'");
    clients[1].query('ALTER TABLE orders ADD extra int').catch(() => undefined);
    const connection = await connectPostgres(server.url(), { applicationName: 'evenkeel:watch' });
    const memory = { relations: new Map<number, string>(), shapes: new QueryShapes() };
    const look = async () => waitForest(await readLockSample(connection, 'r', [], memory));
    await until(async () => (await look()).waiters === 1);
    expect((await look()).roots).toMatchObject([
      {
        pids: [null],
        who: { applicationName: 'left over', state: 'prepared' },
        holds: { mode: 'ROW EXCLUSIVE', on: 'public.orders' },
        children: [{ waits: { mode: 'ACCESS EXCLUSIVE', behind: 'holder' } }],
      },
    ]);
    await connection.close();
  } finally {
    for (const client of clients) await client.end();
    await server.stop();
  }
});
