import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectPostgres } from '../../src/db/postgres.ts';
import type { EvenkeelError } from '../../src/model/error.ts';
import { takeLedger } from '../../src/run/ledger.ts';
import { readLedger } from '../../src/run/read-ledger.ts';
import { acquireRunnerLock } from '../../src/run/runner-lock.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { migration, plan, transactionStep } from './plan-fixture.ts';
import { createOrders, run, startRun, until, value } from './run-support.ts';

let database: TestDatabase;
let client: pg.Client;

const addColumn = plan(
  migration('0001_column', [
    transactionStep('01-add', 'ALTER TABLE orders ADD COLUMN extra int', { locks: ['public.orders ACCESS EXCLUSIVE'] }),
  ]),
);

beforeEach(async () => {
  database = await createTestDatabase(18);
  client = await database.client();
  await createOrders(client, 10);
});
afterEach(() => database.drop());

/** A run that is held up by an old reader until `release`. */
async function heldUpRun(): Promise<{ started: ReturnType<typeof startRun>; release: () => Promise<void> }> {
  const reader = await database.client();
  await reader.query('BEGIN');
  await reader.query('SELECT FROM orders');
  await client.query('SELECT pg_sleep(0.6)');
  const started = startRun(database, addColumn);
  await started.next('lock:wait');
  return { started, release: async () => void (await reader.query('COMMIT')) };
}

async function failure(work: Promise<unknown>): Promise<EvenkeelError> {
  return work.then(
    () => expect.fail('nothing was thrown'),
    (error: EvenkeelError) => error,
  );
}

describe('two runners', () => {
  test('the second waits, finds everything done, and does nothing', async () => {
    const { started, release } = await heldUpRun();
    const second = startRun(database, addColumn, { limits: { waitForRunnerMs: 600_000 } });
    const waiting = await second.next('run:waiting-for-runner');
    expect(waiting.holder).toMatch(/^evenkeel:control:/);
    expect(waiting.holderPid).toBeGreaterThan(0);
    await release();
    expect((await started.result).outcome).toBe('completed');
    expect(await second.result).toMatchObject({
      outcome: 'completed',
      summary: 'Nothing to do: every migration is applied.',
    });
    expect(second.of('orphan:terminated')).toEqual([]);
  });

  test('the second gives up in time, with the holder named', async () => {
    const { started, release } = await heldUpRun();
    const error = await failure(run(database, addColumn, { limits: { waitForRunnerMs: 0 } }));
    expect(error).toMatchObject({ code: 'runner-busy', exitCode: 3, recovery: 'retry' });
    expect(error.message).toMatch(/^Another runner, pid \d+ \(evenkeel:control:.*\), connected for \d+ s, is at work/);
    const connection = await connectPostgres(database.url, { applicationName: 'test' });
    const ledger = await readLedger(connection);
    expect(ledger.runner).toMatchObject({ pid: expect.any(Number), since: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(ledger.migrations).toMatchObject([{ id: '0001_column', state: 'running', steps: [] }]);
    await connection.close();
    await release();
    await started.result;
  });

  test('a waiting runner blocks nobody’s concurrent index build', async () => {
    const { started, release } = await heldUpRun();
    const second = startRun(database, addColumn, { limits: { waitForRunnerMs: 600_000 } });
    await second.next('run:waiting-for-runner');
    await client.query('CREATE TABLE elsewhere (id int)');
    await client.query('CREATE INDEX CONCURRENTLY ON elsewhere (id)');
    await release();
    await Promise.all([started.result, second.result]);
  });
});

test('the worker of a dead runner is ended, and only that', async () => {
  const orphanUrl = `${database.url}?application_name=${encodeURIComponent('evenkeel:worker:dead')}`;
  const orphan = await connectPostgres(database.url, { applicationName: 'evenkeel:worker:dead' });
  const bystander = await connectPostgres(database.url, { applicationName: 'evenkeel:check' });
  const working = orphan.query("SELECT 'a secret', pg_sleep(600)").catch((error: EvenkeelError) => error.code);
  await until(
    async () =>
      (await value<number>(
        client,
        "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'",
      )) === 1,
  );
  const result = await run(database, addColumn);
  expect(result.outcome).toBe('completed');
  expect(result.of('orphan:terminated')).toMatchObject([{ pid: orphan.pid, query: 'SELECT ?, pg_sleep(?)' }]);
  expect(await working).toBe('connection');
  expect(await bystander.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  expect(orphanUrl).not.toBe('');
  await orphan.close();
  await bystander.close();
});

test('a runner that lost its claim writes nothing any more', async () => {
  const { started, release } = await heldUpRun();
  // The lock of the first is torn from it while it sleeps; another takes over.
  await client.query('UPDATE evenkeel.runner SET fence = fence + 1');
  await release();
  const result = await started.result;
  expect(result).toMatchObject({ outcome: 'stopped', summary: expect.stringMatching(/Another runner took over/) });
  expect(await value(client, "SELECT count(*)::int FROM pg_attribute WHERE attname = 'extra'")).toBe(0);
  expect(await value(client, 'SELECT count(*)::int FROM evenkeel.step')).toBe(0);
});

test('every ledger write of a stale runner fails', async () => {
  await run(database, addColumn);
  const first = await connectPostgres(database.url, { applicationName: 'test' });
  const second = await connectPostgres(database.url, { applicationName: 'test' });
  const stale = await takeLedger(first, 'first', 'evenkeel apply');
  await takeLedger(second, 'second', 'evenkeel apply');
  const address = { migration: '0001_column', step: '01-add', ordinal: 1 };
  const writes = [
    () => stale.announceMigration('0001_column'),
    () => stale.recordIntent(address, 1),
    () => stale.recordPass(address, null),
    () => stale.recordStep(address, 'done', 1, null),
    () => stale.finishMigration(addColumn.migrations[0]!),
    () => stale.recordEnding(address, { outcome: 'failed', summary: '', nextCommand: null, failure: null }),
    () => stale.storePlans(addColumn, addColumn.migrations),
    () => stale.appendEvents([]),
    () => stale.heartbeat(),
    () => stale.resolveStep(address, { action: 'resolved', reason: null, probe: '' }),
    () => stale.beginAbandoning('0001_column'),
    () => stale.finishAbandoning('0001_column'),
    () => first.execute(stale.stepDoneSql(address, 1)),
  ];
  const before = await value(client, 'SELECT json_agg(s) FROM evenkeel.step s');
  for (const write of writes) expect(await failure(write())).toMatchObject({ sqlstate: 'EK001' });
  expect(await value(client, 'SELECT json_agg(s) FROM evenkeel.step s')).toEqual(before);
  await first.close();
  await second.close();
});

test('a runner whose control session dies cuts its worker and stops', async () => {
  const { started, release } = await heldUpRun();
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'evenkeel:control:%'",
  );
  expect(await started.result).toMatchObject({
    outcome: 'stopped',
    summary: expect.stringMatching(/connection .* was lost/),
  });
  await release();
  await until(
    async () =>
      (await value<number>(
        client,
        "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'evenkeel:%'",
      )) === 0,
  );
  expect((await run(database, addColumn)).outcome).toBe('completed');
});

test('a worker that dies under a statement stops the run, and the next finishes it', async () => {
  const slow = plan(
    migration('0001_slow', [
      transactionStep('01-slow', ['CREATE TABLE slow (id int)', 'SELECT pg_sleep(60)'], { statementTimeoutMs: null }),
    ]),
  );
  const started = startRun(database, slow);
  await until(
    async () =>
      (await value<number>(
        client,
        "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'",
      )) === 1,
  );
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'evenkeel:worker:%'",
  );
  expect((await started.result).outcome).toBe('stopped');
  expect(await value(client, "SELECT to_regclass('slow')::text")).toBeNull();
});

test('trying for the lock never blocks inside the server', async () => {
  const first = await connectPostgres(database.url, { applicationName: 'first' });
  const second = await connectPostgres(database.url, { applicationName: 'second' });
  const options = { signal: new AbortController().signal, commandLine: 'evenkeel apply', onEvent: () => undefined };
  await acquireRunnerLock(first, { ...options, waitMs: 0 });
  const waiting = acquireRunnerLock(second, { ...options, waitMs: 600_000 });
  for (let look = 0; look < 20; look += 1) {
    expect(
      await value(
        client,
        "SELECT count(*)::int FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()",
      ),
    ).toBe(0);
  }
  await first.close();
  await waiting;
  await second.close();
});
