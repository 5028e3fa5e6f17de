import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BlockerPolicies, BlockerPolicy } from '../../src/model/blocker-policy.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { migration, plan, transactionStep } from './plan-fixture.ts';
import { createOrders, run, startRun, until, value } from './run-support.ts';

const addColumn = plan(
  migration('0001_column', [
    transactionStep('01-add', 'ALTER TABLE orders ADD COLUMN extra int', { locks: ['public.orders ACCESS EXCLUSIVE'] }),
  ]),
);
const HAS_COLUMN = "SELECT count(*)::int FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'extra'";
const IS_THERE = 'SELECT count(*)::int FROM pg_stat_activity WHERE pid = $1';

/** Enough to wait in, and short enough for a test of what is waited for. */
const limits = { maxLockWaitMs: 1_500 };

function policies(
  ...list: readonly (Pick<BlockerPolicy, 'class' | 'action'> & Partial<BlockerPolicy>)[]
): BlockerPolicies {
  return { policies: list.map((one) => ({ afterMs: 600, ...one })), atMost: 3 };
}

describe.each([13, 18])('sessions in the way, on PostgreSQL %i', (major) => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeEach(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
    await createOrders(client, 100);
  });
  afterEach(() => database.drop());

  async function session(name: string): Promise<{ readonly client: pg.Client; readonly pid: number }> {
    const other = await database.client();
    // It may be ended.
    other.on('error', () => undefined);
    await other.query("SELECT set_config('application_name', $1, false)", [name]);
    return { client: other, pid: await value<number>(other, 'SELECT pg_backend_pid()') };
  }

  async function idleReader(name = 'a report'): Promise<{ readonly client: pg.Client; readonly pid: number }> {
    const reader = await session(name);
    await reader.client.query('BEGIN');
    await reader.client.query("SELECT count(*) FROM orders WHERE note <> 'secret'");
    return reader;
  }

  test('nobody is ended unless a policy says so', async () => {
    const reader = await idleReader();
    const ended = await run(database, addColumn, { limits });
    expect(ended).toMatchObject({ outcome: 'stopped', exposure: { signalsSent: 0 } });
    expect(await value(client, IS_THERE, [reader.pid])).toBe(1);
  });

  test('a session idle in its transaction is ended, and the ledger knew of it before', async () => {
    const reader = await idleReader();
    const ended = await run(database, addColumn, {
      blockers: policies({ class: 'idle-in-transaction', action: 'terminate', applicationName: 'a rep*' }),
    });
    expect(ended).toMatchObject({ outcome: 'completed', exposure: { signalsSent: 1 } });
    expect(await value(client, HAS_COLUMN)).toBe(1);
    expect(await value(client, IS_THERE, [reader.pid])).toBe(0);
    const told = ended.of('blocker:signal');
    expect(told).toMatchObject([{ action: 'terminate', blocker: { pid: reader.pid, class: 'idle-in-transaction' } }]);
    expect(ended.of('blocker:signalled')).toMatchObject([{ pid: reader.pid, outcome: 'sent' }]);
    const { rows } = await client.query("SELECT body FROM evenkeel.event WHERE body->>'type' = 'blocker:signal'");
    expect(rows).toMatchObject([{ body: { blocker: { applicationName: 'a report' } } }]);
    expect(JSON.stringify(rows)).not.toContain('secret');
  });

  test.each<[string, BlockerPolicy]>([
    ['another role', { class: 'idle-in-transaction', action: 'terminate', afterMs: 600, role: 'report*' }],
    ['another application', { class: 'idle-in-transaction', action: 'terminate', afterMs: 600, applicationName: 'b*' }],
    ['another statement', { class: 'idle-in-transaction', action: 'terminate', afterMs: 600, query: '^UPDATE' }],
    ['another class', { class: 'active-query', action: 'terminate', afterMs: 600 }],
    ['an older one', { class: 'idle-in-transaction', action: 'terminate', afterMs: 3_600_000 }],
  ])('a policy for %s ends nobody', async (_name, policy) => {
    const reader = await idleReader();
    const ended = await run(database, addColumn, { limits, blockers: { policies: [policy], atMost: 3 } });
    expect(ended).toMatchObject({ outcome: 'stopped', exposure: { signalsSent: 0 } });
    expect(await value(client, IS_THERE, [reader.pid])).toBe(1);
  });

  test.each([
    ['pg_dump', 'SELECT count(*) FROM orders'],
    ['flyway', 'SELECT count(*) FROM orders'],
  ])('%s is never ended', async (name, sql) => {
    const other = await session(name);
    await other.client.query('BEGIN');
    await other.client.query(sql);
    const ended = await run(database, addColumn, {
      limits,
      blockers: policies(
        { class: 'idle-in-transaction', action: 'terminate' },
        { class: 'active-query', action: 'terminate' },
      ),
    });
    expect(ended).toMatchObject({ outcome: 'stopped', exposure: { signalsSent: 0 } });
    expect(await value(client, IS_THERE, [other.pid])).toBe(1);
  });

  test('who writes is never cancelled, however long it takes', async () => {
    const writer = await session('an import');
    await writer.client.query('BEGIN');
    await writer.client.query("INSERT INTO orders VALUES (1000, 'new')");
    const working = writer.client.query('SELECT pg_sleep(3)');
    const ended = await run(database, addColumn, {
      limits,
      blockers: policies({ class: 'active-query', action: 'terminate' }),
    });
    expect(ended).toMatchObject({ outcome: 'stopped', exposure: { signalsSent: 0 } });
    expect(ended.of('lock:wait')[0]?.blockers).toMatchObject([{ pid: writer.pid, class: 'active-writer' }]);
    await working;
    await writer.client.query('COMMIT');
    expect(await value(client, 'SELECT count(*)::int FROM orders WHERE id = 1000')).toBe(1);
  });

  test('an active statement is cancelled, and its session stays', async () => {
    const reader = await session('a report');
    const working = reader.client
      .query('SELECT pg_sleep(60) FROM orders LIMIT 1')
      .catch((error: pg.DatabaseError) => error);
    const holds = "SELECT count(*)::int FROM pg_locks WHERE relation = 'orders'::regclass AND pid = $1";
    await until(async () => (await value<number>(client, holds, [reader.pid])) > 0);
    const ended = await run(database, addColumn, { blockers: policies({ class: 'active-query', action: 'cancel' }) });
    expect(ended).toMatchObject({ outcome: 'completed', exposure: { signalsSent: 1 } });
    expect(await working).toMatchObject({ code: '57014' });
    expect(await value(reader.client, 'SELECT 1')).toBe(1);
  });

  test('asked for, the run stops and says how to end the session', async () => {
    const reader = await idleReader();
    const ended = await run(database, addColumn, {
      blockers: policies({ class: 'idle-in-transaction', action: 'ask' }),
    });
    expect(ended.outcome).toBe('stopped');
    expect(ended.summary).toContain(`SELECT pg_terminate_backend(${reader.pid});`);
    expect(await value(client, IS_THERE, [reader.pid])).toBe(1);
  });

  test('a role that may not signal waits, and says so once', async () => {
    await client.query('DROP ROLE IF EXISTS evenkeel_modest');
    await client.query('CREATE ROLE evenkeel_modest LOGIN; GRANT pg_read_all_stats TO evenkeel_modest');
    await client.query(`ALTER TABLE orders OWNER TO evenkeel_modest; ALTER SCHEMA public OWNER TO evenkeel_modest;
      GRANT ALL ON DATABASE ${database.name} TO evenkeel_modest`);
    const reader = await idleReader();
    const url = new URL(database.url);
    url.username = 'evenkeel_modest';
    const started = startRun(database, addColumn, {
      url: url.href,
      limits,
      blockers: policies({ class: 'idle-in-transaction', action: 'terminate' }),
    });
    expect((await started.result).outcome).toBe('stopped');
    expect(started.of('blocker:signalled')).toMatchObject([{ pid: reader.pid, outcome: 'refused' }]);
    expect(await value(client, IS_THERE, [reader.pid])).toBe(1);
    await reader.client.query('COMMIT');
    await client.query(
      'REASSIGN OWNED BY evenkeel_modest TO postgres; DROP OWNED BY evenkeel_modest; DROP ROLE evenkeel_modest',
    );
  });

  test('no more signals are sent than a run may send', async () => {
    const readers = await Promise.all([idleReader(), idleReader(), idleReader()]);
    const ended = await run(database, addColumn, {
      limits: { maxLockWaitMs: 6_000 },
      blockers: { ...policies({ class: 'idle-in-transaction', action: 'terminate' }), atMost: 2 },
    });
    expect(ended).toMatchObject({ outcome: 'stopped', exposure: { signalsSent: 2 } });
    const left = await Promise.all(readers.map(({ pid }) => value<number>(client, IS_THERE, [pid])));
    expect(left.reduce((sum, one) => sum + one, 0)).toBe(1);
  });
});
