import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../src/db/connection.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { IndexScene, PLAIN } from './index-scene.ts';
import { createOrders, run, startRun, until, value } from './run-support.ts';

const CREATE = 'CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note)';
const OTHER = 'CREATE INDEX CONCURRENTLY orders_note_idx ON orders (changed)';
const INVALID = 'SELECT count(*)::int FROM pg_index WHERE NOT indisvalid';
const INDEX =
  "SELECT pg_get_indexdef(indexrelid) || ' ' || indisvalid FROM pg_index WHERE indexrelid = 'orders_note_idx'::regclass";
const BUILT = 'CREATE INDEX orders_note_idx ON public.orders USING btree (note) true';
const OID = "SELECT to_regclass('orders_note_idx')::oid::int";
const PHASE = 'SELECT coalesce((SELECT phase FROM pg_stat_progress_create_index WHERE pid = $1), $2)';

const limits = { indexProgressEveryMs: 1 };

describe.each([13, 18])('a build that a dead runner’s session goes on with, on PostgreSQL %i', (major) => {
  let database: TestDatabase;
  let client: pg.Client;
  let report: pg.Client;
  let orphan: Connection | null = null;

  beforeEach(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
    await createOrders(client, 500);
    report = await database.client();
    await report.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await report.query('SELECT 1');
  });
  afterEach(async () => {
    await orphan?.close();
    orphan = null;
    await database.drop();
  });

  /** A run that began the step and was stopped, then a session like that of a dead one that builds. */
  async function orphanBuilds(sql: string): Promise<{ readonly building: Promise<string> }> {
    const begun = startRun(database, PLAIN, { limits });
    await until(async () => (await value<number>(client, INVALID)) === 1);
    begun.abort();
    expect((await begun.result).outcome).toBe('stopped');
    orphan = await connectPostgres(database.url, { applicationName: 'evenkeel:worker:dead' });
    const { pid } = orphan;
    const building = orphan.execute(sql).then(
      () => 'built',
      (error: { code: string }) => error.code,
    );
    await until(async () => (await value<string>(client, PHASE, [pid, ''])) === 'waiting for old snapshots');
    // In an object: a promise answered by a promise would be waited for.
    return { building };
  }

  test('is waited for and taken once it is valid, not begun again', async () => {
    const { building } = await orphanBuilds(CREATE);
    const index = await value<number>(client, OID);
    const next = startRun(database, PLAIN, { limits });
    expect(await next.next('orphan:adopted')).toMatchObject({ pid: orphan!.pid, step: '01-index', query: CREATE });
    expect(await next.next('index:progress')).toMatchObject({
      phase: 'waiting for old snapshots',
      waitingForPid: await value(report, 'SELECT pg_backend_pid()'),
    });
    await report.query('COMMIT');
    expect((await next.result).outcome).toBe('completed');
    expect(await building).toBe('built');
    expect(next.of('orphan:terminated')).toEqual([]);
    expect(await value(client, OID)).toBe(index);
    expect(await value(client, INDEX)).toBe(BUILT);
  });

  test('is ended when it builds something else of that name', async () => {
    const { building } = await orphanBuilds(OTHER);
    const { pid } = orphan!;
    const next = startRun(database, PLAIN, { limits });
    expect(await next.next('orphan:terminated')).toMatchObject({ pid });
    expect(await building).toBe('connection');
    await report.query('COMMIT');
    expect((await next.result).outcome).toBe('completed');
    expect(next.of('orphan:adopted')).toEqual([]);
    expect(await value(client, INDEX)).toBe(BUILT);
  });

  test('is replaced when it ends without a valid index', async () => {
    await orphanBuilds(CREATE);
    const next = startRun(database, PLAIN, { limits });
    await next.next('index:progress');
    await client.query('SELECT pg_cancel_backend($1)', [orphan!.pid]);
    await report.query('COMMIT');
    expect((await next.result).outcome).toBe('completed');
    expect(next.of('index:repair')).toMatchObject([{ index: 'public.orders_note_idx' }]);
    expect(await value(client, INDEX)).toBe(BUILT);
    expect(await value(client, INVALID)).toBe(0);
  });

  test('is given up at the limit, with the one in the way named and nothing left', async () => {
    await orphanBuilds(CREATE);
    const ended = await run(database, PLAIN, { limits: { ...limits, maxLockWaitMs: 1_500 } });
    expect(ended.outcome).toBe('stopped');
    expect(ended.summary).toMatch(/waited \d.* for others: pid \d+ .*nothing of it is left/);
    expect(ended.of('orphan:terminated')).toMatchObject([{ pid: orphan!.pid }]);
    expect(await value(client, INVALID)).toBe(0);
    await report.query('COMMIT');
    expect((await run(database, PLAIN)).outcome).toBe('completed');
  });

  test('has its way cleared by a policy', async () => {
    await orphanBuilds(CREATE);
    const index = await value<number>(client, OID);
    const ended = await run(database, PLAIN, {
      limits,
      blockers: { policies: [{ class: 'idle-in-transaction', action: 'terminate', afterMs: 300 }], atMost: 1 },
    });
    expect(ended).toMatchObject({ outcome: 'completed', exposure: { signalsSent: 1 } });
    expect(await value(client, OID)).toBe(index);
  });
});

/** From 14 on the server looks after its client, and the session ends by itself. */
test('after a real kill the next run takes over the build, on PostgreSQL 13', async () => {
  const database = await createTestDatabase(13);
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-adopt-'));
  const client = await database.client();
  await createOrders(client, 500);
  const scene = await IndexScene.open(database.url, folder, PLAIN);
  try {
    await scene.holdSnapshot();
    const runner = scene.startRunner();
    const pid = await scene.reach('waiting for old snapshots');
    runner.process.kill('SIGKILL');
    await runner.ended;
    const index = await value<number>(client, OID);
    const next = startRun(database, PLAIN, { limits });
    expect(await next.next('orphan:adopted')).toMatchObject({ pid });
    await next.next('index:progress');
    await scene.look();
    await scene.lookAtStatus();
    await scene.releaseSnapshot();
    expect((await next.result).outcome).toBe('completed');
    expect(await value(client, OID)).toBe(index);
    expect(await value(client, INDEX)).toBe(BUILT);
  } finally {
    await scene.close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  }
});
