import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resumeRun } from '../../src/api/resume-run.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import { UsageError } from '../../src/model/error.ts';
import { readForeignLedger } from '../../src/run/foreign-ledger.ts';
import { readLedger } from '../../src/run/read-ledger.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { gateStep, migration, plan, transactionStep } from './plan-fixture.ts';
import { run, value } from './run-support.ts';

let database: TestDatabase;
let client: pg.Client;

beforeEach(async () => {
  database = await createTestDatabase(18);
  client = await database.client();
});
afterEach(() => database.drop());

const table = (name: string, phase: 'expand' | 'migrate' | 'contract' = 'expand') =>
  transactionStep(`make-${name}`, `CREATE TABLE ${name} (id int)`, { phase });
const tables = () =>
  value<string>(
    client,
    "SELECT coalesce(string_agg(relname, ' ' ORDER BY relname), '') FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
  );

describe('gates', () => {
  const gated = plan(
    migration('0001_a', [table('a'), table('b', 'migrate'), gateStep('deploy'), table('c', 'contract')]),
    migration('0002_b', [table('d'), gateStep('again'), table('e', 'contract')]),
  );

  test('a closed gate stops the run and everything behind it, and says how to open it', async () => {
    const result = await run(database, gated, { through: 'migrate' });
    expect(result).toMatchObject({
      outcome: 'gated',
      nextCommand: 'evenkeel apply migrations --past-gate 0001_a:deploy',
      summary: 'The gate 0001_a:deploy is closed: Deploy the new version.',
    });
    expect(result.of('gate:closed')).toMatchObject([{ step: 'deploy', deploy: 'Deploy the new version.' }]);
    expect(await tables()).toBe('a b');
    expect(await value(client, "SELECT state FROM evenkeel.migration WHERE id = '0001_a'")).toBe('gated');
    expect((await run(database, gated, { through: 'migrate' })).outcome).toBe('gated');
  });

  test('what has begun goes on without its files, and what has not is left alone', async () => {
    const controls = {
      databaseUrl: database.url,
      through: 'migrate' as const,
      pastGate: null,
      commandLine: 'evenkeel resume',
      onEvent: () => undefined,
      signal: new AbortController().signal,
    };
    await expect(resumeRun(controls)).rejects.toThrow(UsageError);
    await run(database, gated, { through: 'migrate' });
    expect(await resumeRun(controls)).toBe('gated');
    expect(await tables()).toBe('a b');
    expect(await resumeRun({ ...controls, pastGate: '0001_a:deploy' })).toBe('completed');
    expect(await tables()).toBe('a b c');
    await expect(resumeRun(controls)).rejects.toThrow('Nothing has begun in this database that could be resumed.');
    expect(await run(database, gated)).toMatchObject({ outcome: 'completed' });
    expect(await tables()).toBe('a b c d e');
  });

  test('opening one gate leads to the next', async () => {
    const first = await run(database, gated, { through: 'migrate', passGate: '0001_a:deploy' });
    expect(first).toMatchObject({
      outcome: 'gated',
      nextCommand: 'evenkeel apply migrations --past-gate 0002_b:again',
    });
    expect(await tables()).toBe('a b c d');
    const second = await run(database, gated, { through: 'migrate', passGate: '0002_b:again' });
    expect(second.outcome).toBe('completed');
    expect(await tables()).toBe('a b c d e');
  });

  test('a gate that is not reached yet cannot be opened ahead of the one before it', async () => {
    const result = await run(database, gated, { through: 'migrate', passGate: '0002_b:again' });
    expect(result).toMatchObject({ outcome: 'gated', nextCommand: expect.stringMatching(/0001_a:deploy$/) });
  });

  test('--through expand stops before the first step of another phase', async () => {
    const result = await run(database, gated, { through: 'expand' });
    expect(result).toMatchObject({ outcome: 'gated', nextCommand: 'evenkeel apply migrations' });
    expect(await tables()).toBe('a');
    expect((await run(database, gated)).outcome).toBe('completed');
    expect(await tables()).toBe('a b c d e');
  });

  test('--through contract goes past every gate', async () => {
    const result = await run(database, gated, { through: 'contract' });
    expect(result.outcome).toBe('completed');
    expect(result.of('gate:passed').map(({ step }) => step)).toEqual(['deploy', 'again']);
  });
});

describe('resuming', () => {
  const failing = (sql: string, checksum = 'sum') => ({
    ...migration('0001_a', [table('a'), transactionStep('broken', sql), table('b')]),
    checksum,
  });

  test('a failed step stops the run with the cause; mended data lets it go on where it was', async () => {
    await client.query('CREATE TABLE divisors (n int); INSERT INTO divisors VALUES (0)');
    const given = plan(failing('SELECT 1 / n FROM divisors'));
    const result = await run(database, given);
    expect(result).toMatchObject({ outcome: 'failed', nextCommand: 'evenkeel apply migrations' });
    expect(result.of('step:failed')).toMatchObject([
      { step: 'broken', sqlstate: '22012', message: 'division by zero' },
    ]);
    expect(
      await value(client, "SELECT state || ' ' || sqlstate || ' ' || message FROM evenkeel.step WHERE id = 'broken'"),
    ).toBe('failed 22012 division by zero');
    await client.query('UPDATE divisors SET n = 1');
    const again = await run(database, given);
    expect(again.outcome).toBe('completed');
    expect(again.of('step:skip')).toMatchObject([{ step: 'make-a', reason: 'done by an earlier run' }]);
    expect(again.of('run:start')).toMatchObject([{ resumed: true }]);
    expect(await value(client, "SELECT attempts FROM evenkeel.step WHERE id = 'broken'")).toBe(2);
  });

  test('a migration that has begun keeps its plan, whatever plan is given now', async () => {
    await client.query('CREATE TABLE divisors (n int); INSERT INTO divisors VALUES (0)');
    await run(database, plan(failing('SELECT 1 / n FROM divisors')));
    await client.query('UPDATE divisors SET n = 1');
    const other = plan({ ...failing('SELECT 1 / 0'), steps: [table('other')] });
    expect((await run(database, other)).outcome).toBe('completed');
    expect(await tables()).toBe('a b divisors');
  });

  test('without a plan it goes on with what the ledger has stored', async () => {
    await client.query('CREATE TABLE divisors (n int); INSERT INTO divisors VALUES (0)');
    await run(database, plan(failing('SELECT 1 / n FROM divisors'), migration('0002_b', [table('later')])));
    await client.query('UPDATE divisors SET n = 1');
    expect((await run(database, null)).outcome).toBe('completed');
    expect(await tables()).toBe('a b divisors later');
  });

  test('a failed file that is mended before anything of it was done takes its new plan', async () => {
    const broken = { ...migration('0001_a', [transactionStep('broken', 'SELECT 1 / 0')]), checksum: 'old' };
    expect((await run(database, plan(broken))).outcome).toBe('failed');
    const mended = { ...migration('0001_a', [table('mended')]), checksum: 'new' };
    expect((await run(database, plan(mended))).outcome).toBe('completed');
    expect(await value(client, "SELECT string_agg(id, ' ') FROM evenkeel.step")).toBe('make-mended');
  });

  test('a step whose effect is there although the ledger was lost is skipped, recorded, and said', async () => {
    const given = plan(
      migration('0001_a', [
        transactionStep('make', 'CREATE TABLE made (id int)', { condition: "SELECT to_regclass('made') IS NOT NULL" }),
      ]),
    );
    await run(database, given);
    await client.query('DROP SCHEMA evenkeel CASCADE');
    const result = await run(database, given);
    expect(result.outcome).toBe('completed');
    expect(result.of('step:skip')).toMatchObject([{ reason: 'already there: make is done' }]);
    expect(await value(client, 'SELECT state FROM evenkeel.step')).toBe('done');
  });

  test('a step that did not do what it promised fails, and is run again', async () => {
    const given = plan(
      migration('0001_a', [
        transactionStep('make', 'SELECT 1', { condition: "SELECT to_regclass('made') IS NOT NULL" }),
      ]),
    );
    const result = await run(database, given);
    expect(result).toMatchObject({
      outcome: 'failed',
      summary: expect.stringMatching(/afterwards this does not hold: make is done/),
    });
    expect(await value(client, 'SELECT state FROM evenkeel.step')).toBe('failed');
  });

  test('the ledger can be read back as it was written', async () => {
    await run(database, plan(migration('0001_a', [table('a')]), migration('0002_b', [gateStep('g'), table('b')])), {
      through: 'migrate',
    });
    const connection = await connectPostgres(database.url, { applicationName: 'test' });
    const ledger = await readLedger(connection);
    expect(ledger).toMatchObject({
      exists: true,
      runner: null,
      migrations: [
        {
          id: '0001_a',
          path: 'migrations/0001_a.sql',
          state: 'applied',
          appliedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
          steps: [{ id: 'make-a', ordinal: 1, state: 'done', attempts: 1 }],
        },
        { id: '0002_b', state: 'gated', appliedAt: null, steps: [] },
      ],
    });
    expect(ledger.storedPlans.map(({ state, migration: { id } }) => `${id} ${state}`)).toEqual([
      '0001_a applied',
      '0002_b gated',
    ]);
    expect(ledger.storedPlans[1]).toMatchObject({
      serverMajor: 18,
      fingerprint: 'f',
      migration: migration('0002_b', [gateStep('g'), table('b')]),
    });
    await connection.close();
  });

  test('a database without a ledger has an empty one', async () => {
    const connection = await connectPostgres(database.url, { applicationName: 'test' });
    expect(await readLedger(connection)).toEqual({
      exists: false,
      runner: null,
      migrations: [],
      abandoned: [],
      storedPlans: [],
      commandLines: {},
      cursors: {},
    });
    await connection.close();
  });
});

test('what drizzle-orm would have written is there, and its migrator finds nothing to do', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-drizzle-'));
  mkdirSync(path.join(folder, 'meta'));
  const sql = 'CREATE TABLE from_drizzle (id int);';
  const when = 1_700_000_000_123;
  writeFileSync(path.join(folder, '0000_first.sql'), sql);
  const entries = [{ idx: 0, version: '7', when, tag: '0000_first', breakpoints: true }];
  writeFileSync(
    path.join(folder, 'meta', '_journal.json'),
    JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
  );
  const hash = createHash('sha256').update(sql).digest('hex');
  const row = { tool: 'drizzle', schema: 'drizzle', table: '__drizzle_migrations', hash, createdAtMs: when } as const;
  const given = plan(migration('0000_first', [transactionStep('01', sql.slice(0, -1))], row));
  expect((await run(database, given)).outcome).toBe('completed');
  await migrate(drizzle(client), { migrationsFolder: folder });
  const connection = await connectPostgres(database.url, { applicationName: 'test' });
  const at = { schema: 'drizzle', table: '__drizzle_migrations' };
  expect(await readForeignLedger(connection, at)).toEqual([{ hash, createdAtMs: when }]);
  expect(await readForeignLedger(connection, { schema: 'nowhere', table: 'at_all' })).toEqual([]);
  const columns =
    "SELECT string_agg(column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '-'), ', ' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_schema = 'drizzle'";
  const ours = await value(client, columns);
  await client.query('DROP SCHEMA drizzle CASCADE; DROP TABLE from_drizzle');
  await migrate(drizzle(client), { migrationsFolder: folder });
  expect(ours).toBe(await value(client, columns));
  await connection.close();
  rmSync(folder, { recursive: true });
});
