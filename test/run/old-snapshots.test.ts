import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BlockerPolicies, BlockerPolicy } from '../../src/model/blocker-policy.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { indexStep, migration, plan } from './plan-fixture.ts';
import { createOrders, run, startRun, until, value } from './run-support.ts';

const createIndex = plan(
  migration('0001_index', [indexStep('01-index', 'CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note)')]),
);
const INVALID = 'SELECT count(*)::int FROM pg_index WHERE NOT indisvalid';
const VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_note_idx'::regclass";
const STEP = "SELECT state FROM evenkeel.step WHERE id = '01-index'";
const IS_THERE = 'SELECT count(*)::int FROM pg_stat_activity WHERE pid = $1';

const limits = { maxLockWaitMs: 1_500, indexProgressEveryMs: 1 };

function policies(
  ...list: readonly (Pick<BlockerPolicy, 'class' | 'action'> & Partial<BlockerPolicy>)[]
): BlockerPolicies {
  return { policies: list.map((one) => ({ afterMs: 300, ...one })), atMost: 3 };
}

const EVERYBODY = policies(
  { class: 'idle-in-transaction', action: 'terminate' },
  { class: 'active-query', action: 'terminate' },
  { class: 'open-cursor', action: 'terminate' },
);

describe.each([13, 18])('whom an index build waits for, on PostgreSQL %i', (major) => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeEach(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
    await createOrders(client, 500);
  });
  afterEach(() => database.drop());

  async function session(name: string, ...statements: readonly string[]): Promise<{ client: pg.Client; pid: number }> {
    const other = await database.client();
    await other.query("SELECT set_config('application_name', $1, false)", [name]);
    for (const sql of statements) await other.query(sql);
    return { client: other, pid: await value<number>(other, 'SELECT pg_backend_pid()') };
  }

  const oldSnapshot = (name = 'a report', sql = "SELECT 'secret'"): ReturnType<typeof session> =>
    session(name, 'BEGIN ISOLATION LEVEL REPEATABLE READ', sql);

  test('an old snapshot is named, waited for up to the limit, and nothing invalid is left', async () => {
    const report = await oldSnapshot();
    const ended = await run(database, createIndex, { limits });
    expect(ended).toMatchObject({ outcome: 'stopped', exposure: { signalsSent: 0 } });
    expect(ended.summary).toMatch(
      /waited 1\.\d s for others: pid \d+ \(a report, user postgres, idle in transaction\)/,
    );
    expect(ended.summary).toMatch(/as it was before the build for \d.*cancelled, and nothing of it is left\./);
    const told = ended.of('index:progress').find(({ waitingFor }) => waitingFor !== null);
    expect(told).toMatchObject({
      phase: 'waiting for old snapshots',
      waitingForPid: report.pid,
      waitingFor: { pid: report.pid, applicationName: 'a report', mode: null, ageMs: expect.any(Number) },
    });
    expect(JSON.stringify(ended.events)).not.toContain('secret');
    expect(await value(client, INVALID)).toBe(0);
    expect(await value(client, STEP)).toBe('intent');
    await report.client.query('COMMIT');
    expect((await run(database, createIndex)).outcome).toBe('completed');
    expect(await value(client, VALID)).toBe(true);
  });

  test('a policy ends the holder of an old snapshot, and the ledger knew of it before', async () => {
    const report = await oldSnapshot();
    const ended = await run(database, createIndex, {
      blockers: policies({ class: 'idle-in-transaction', action: 'terminate', applicationName: 'a rep*' }),
    });
    expect(ended).toMatchObject({ outcome: 'completed', exposure: { signalsSent: 1 } });
    expect(ended.of('blocker:signalled')).toMatchObject([{ pid: report.pid, outcome: 'sent' }]);
    const { rows } = await client.query(
      "SELECT body FROM evenkeel.event WHERE body->>'type' LIKE 'blocker:sig%' ORDER BY seq",
    );
    expect(rows).toMatchObject([
      { body: { type: 'blocker:signal', blocker: { pid: report.pid, class: 'idle-in-transaction', mode: null } } },
      { body: { type: 'blocker:signalled' } },
    ]);
    expect(ended.of('step:done')[0]?.attempts).toBe(1);
    expect(await value(client, IS_THERE, [report.pid])).toBe(0);
    expect(await value(client, VALID)).toBe(true);
  });

  test('a long statement that sees the old database is cancelled where a policy says so', async () => {
    const report = await session('a report');
    const working = report.client.query('SELECT pg_sleep(60)').catch((error: pg.DatabaseError) => error);
    const sleeps = "SELECT count(*)::int FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'";
    await until(async () => (await value<number>(client, sleeps, [report.pid])) === 1);
    const ended = await run(database, createIndex, { blockers: policies({ class: 'active-query', action: 'cancel' }) });
    expect(ended).toMatchObject({ outcome: 'completed', exposure: { signalsSent: 1 } });
    expect(await working).toMatchObject({ code: '57014' });
    expect(await value(client, IS_THERE, [report.pid])).toBe(1);
  });

  test('a transaction that wrote to the table is named with its lock, and ended by a policy alone', async () => {
    const writer = await session('a job', 'BEGIN', 'UPDATE orders SET changed = 0 WHERE id = 1');
    const waited = await run(database, createIndex, { limits });
    expect(waited.outcome).toBe('stopped');
    expect(waited.summary).toContain('has held ROW EXCLUSIVE on public.orders');
    expect(await value(client, INVALID)).toBe(1);
    expect(waited.summary).toContain('public.orders_note_idx is left invalid');
    const ended = await run(database, createIndex, {
      blockers: policies({ class: 'idle-in-transaction', action: 'terminate' }),
    });
    expect(ended).toMatchObject({ outcome: 'completed', exposure: { signalsSent: 1 } });
    expect(await value(client, IS_THERE, [writer.pid])).toBe(0);
    expect(await value(client, INVALID)).toBe(0);
  });

  test.each(['pg_dump', 'flyway'])('%s is never ended for an index', async (name) => {
    const other = await oldSnapshot(name);
    const ended = await run(database, createIndex, { limits, blockers: EVERYBODY });
    expect(ended).toMatchObject({ outcome: 'stopped', exposure: { signalsSent: 0 } });
    expect(await value(client, IS_THERE, [other.pid])).toBe(1);
    expect(await value(client, INVALID)).toBe(0);
  });

  test('another build of an index is never cancelled for ours', async () => {
    await client.query('CREATE TABLE other (id int, note text)');
    const holder = await session('a job', 'BEGIN', 'INSERT INTO other VALUES (1)');
    const builder = await session('a person');
    // An index with a condition: builds of those do not ignore each other.
    const building = builder.client.query('CREATE INDEX CONCURRENTLY ON other (id) WHERE id > 0');
    const waits = "SELECT count(*)::int FROM pg_stat_progress_create_index WHERE pid = $1 AND phase LIKE 'waiting%'";
    await until(async () => (await value<number>(client, waits, [builder.pid])) === 1);
    const ended = await run(database, createIndex, {
      limits,
      blockers: policies({ class: 'active-query', action: 'terminate' }),
    });
    expect(ended.exposure.signalsSent).toBe(0);
    await holder.client.query('COMMIT');
    await building;
  });

  test('asked for, the build is taken back and the run says how to end the session', async () => {
    const report = await oldSnapshot();
    const ended = await run(database, createIndex, {
      blockers: policies({ class: 'idle-in-transaction', action: 'ask' }),
    });
    expect(ended.outcome).toBe('stopped');
    expect(ended.summary).toContain(`SELECT pg_terminate_backend(${report.pid});`);
    expect(await value(client, INVALID)).toBe(0);
    expect(await value(client, IS_THERE, [report.pid])).toBe(1);
  });

  test('what cannot be cleared away now is told, and the next run clears it away', async () => {
    const report = await oldSnapshot('a report', 'SELECT count(*) FROM orders');
    const ended = await run(database, createIndex, { limits: { ...limits, maxRepairWaitMs: 500 } });
    expect(ended.outcome).toBe('stopped');
    expect(ended.summary).toMatch(/drop of the invalid index waited .* public\.orders_note_idx is left invalid/);
    expect(await value(client, INVALID)).toBe(1);
    expect(await value(client, STEP)).toBe('intent');
    const next = startRun(database, createIndex, { limits: { indexProgressEveryMs: 1 } });
    expect(await next.next('index:progress')).toMatchObject({
      phase: 'dropping the invalid index',
      waitingForPid: report.pid,
    });
    await report.client.query('COMMIT');
    expect((await next.result).outcome).toBe('completed');
    expect(await value(client, VALID)).toBe(true);
    expect(await value(client, INVALID)).toBe(0);
  });

  test('REINDEX is given up like a build: the index stays as it was, without remains', async () => {
    await client.query('CREATE INDEX orders_note_idx ON orders (note)');
    const report = await oldSnapshot();
    const step = indexStep('01-index', 'REINDEX INDEX CONCURRENTLY orders_note_idx', { verb: 'reindex' });
    const reindex = plan(migration('0001_reindex', [step]));
    const ended = await run(database, reindex, { limits });
    expect(ended.outcome).toBe('stopped');
    expect(ended.summary).toContain(`pid ${report.pid} (a report`);
    expect(ended.summary).toContain('the index is as it was');
    expect(await value(client, VALID)).toBe(true);
    expect(await value(client, "SELECT count(*)::int FROM pg_class WHERE relname ~ '_cc(new|old)'")).toBe(0);
    await report.client.query('COMMIT');
    expect((await run(database, reindex)).outcome).toBe('completed');
    expect(await value(client, INVALID)).toBe(0);
  });

  test('DROP INDEX CONCURRENTLY waits for readers too, says so, and is finished by the next run', async () => {
    await client.query('CREATE INDEX orders_note_idx ON orders (note)');
    const reader = await session('a report', 'BEGIN', 'SELECT count(*) FROM orders');
    const step = indexStep('01-index', 'DROP INDEX CONCURRENTLY orders_note_idx', { verb: 'drop' });
    const drop = plan(migration('0001_drop', [step]));
    const ended = await run(database, drop, { limits });
    expect(ended.outcome).toBe('stopped');
    expect(ended.summary).toMatch(/has held ACCESS SHARE on public\.orders .* until the next run drops it/);
    expect(ended.of('index:progress')).toContainEqual(
      expect.objectContaining({ phase: 'dropping', waitingForPid: reader.pid }),
    );
    await reader.client.query('COMMIT');
    expect((await run(database, drop)).outcome).toBe('completed');
    expect(await value(client, "SELECT to_regclass('orders_note_idx')::text")).toBeNull();
  });
});
