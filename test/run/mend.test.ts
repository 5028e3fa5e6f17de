import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyMigrations } from '../../src/api/apply-migrations.ts';
import { abandonRun, resolveMigration } from '../../src/api/mend-run.ts';
import { migrationStatus } from '../../src/api/migration-status.ts';
import { RunnerBusyError, UsageError } from '../../src/model/error.ts';
import type { AbandonReport, ResolveReport } from '../../src/model/mend-report.ts';
import type { RunOutcome } from '../../src/model/run-event.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { backfillStep, gateStep, indexStep, migration, plan, transactionStep } from './plan-fixture.ts';
import { createOrders, run, startRun, until, value } from './run-support.ts';

let database: TestDatabase;
let client: pg.Client;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase(18);
  client = await database.client();
  folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-mend-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

const controls = (id: string, verb: string) => ({
  databaseUrl: database.url,
  migration: id,
  commandLine: `evenkeel ${verb} ${id}`,
  onEvent: () => undefined,
  signal: new AbortController().signal,
});
const resolve = (id: string, step: string | null = null, forceReason: string | null = null): Promise<ResolveReport> =>
  resolveMigration({ ...controls(id, 'resolve'), step, forceReason });
const abandon = (id: string): Promise<AbandonReport> => abandonRun(controls(id, 'abandon'));
const state = (id: string) => value<string>(client, `SELECT state FROM evenkeel.migration WHERE id = '${id}'`);
const audit = () =>
  client
    .query('SELECT role, step, action, reason, probe FROM evenkeel.audit ORDER BY id')
    .then(({ rows }) => rows as Record<string, string | null>[]);
const write = (name: string, sql: string): void => writeFileSync(path.join(folder, name), sql);

function apply(): Promise<RunOutcome> {
  return applyMigrations({
    path: folder,
    databaseUrl: database.url,
    through: 'migrate',
    pastGate: null,
    commandLine: 'evenkeel apply drizzle',
    onEvent: () => undefined,
    signal: new AbortController().signal,
  });
}

describe('resolve', () => {
  const row = { tool: 'drizzle', schema: 'drizzle', table: '__drizzle_migrations', hash: 'h', createdAtMs: 1 } as const;
  const failing = (...sql: string[]) =>
    plan(
      migration(
        '0001_a',
        [
          transactionStep('01-first', 'CREATE TABLE first (id int)'),
          ...sql.map((one, at) => transactionStep(`0${at + 2}-it`, one)),
        ],
        row,
      ),
    );

  test('marks what is there by definition, finishes the migration, and its tool’s own books too', async () => {
    await createOrders(client, 10);
    await client.query('ALTER TABLE orders ADD COLUMN total numeric(10,2) NOT NULL DEFAULT (0 + 1)');
    const given = failing('ALTER TABLE orders ADD COLUMN total numeric(10, 2) DEFAULT 0+1 NOT NULL');
    expect((await run(database, given)).outcome).toBe('failed');
    expect(await resolve('0001_a', '02-it')).toMatchObject({
      steps: [{ step: '02-it', outcome: 'marked', said: 'what it makes is there, by definition' }],
      applied: true,
      nextCommand: null,
    });
    expect(await state('0001_a')).toBe('applied');
    expect(await value(client, 'SELECT hash FROM drizzle.__drizzle_migrations')).toBe('h');
    expect(await audit()).toMatchObject([{ role: 'postgres', step: '02-it', action: 'resolved', reason: null }]);
    expect(await run(database, given)).toMatchObject({ summary: 'Nothing to do: every migration is applied.' });
  });

  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    [
      'a column of another type',
      'ALTER TABLE orders ADD COLUMN total text',
      'ALTER TABLE orders ADD COLUMN total numeric(10, 2)',
      /orders\.total type: .*numeric\(10,2\).* wanted, .*text found/,
    ],
    [
      'a column of another default',
      'ALTER TABLE orders ADD COLUMN total int DEFAULT 2',
      'ALTER TABLE orders ADD COLUMN total int DEFAULT 1',
      /default 1 wanted, 2 found/,
    ],
    [
      'a check of another expression',
      'ALTER TABLE orders ADD CONSTRAINT good CHECK (id > 0)',
      'ALTER TABLE orders ADD CONSTRAINT good CHECK (id > -1)',
      /CHECK \(.*-1.*\) wanted, CHECK \(.*id > 0.*\) found/,
    ],
    [
      'an index of another predicate',
      'CREATE INDEX named ON orders (id) WHERE id > 5',
      'CREATE INDEX named ON orders (id) WHERE id > 6',
      /index named: .*id > 6.* wanted, .*id > 5.* found/,
    ],
    [
      'a table of another column',
      'CREATE TABLE other (id bigint PRIMARY KEY)',
      'CREATE TABLE other (id int PRIMARY KEY)',
      /other\.id type/,
    ],
    [
      'a view of another query',
      'CREATE VIEW v AS SELECT 1 AS a',
      'CREATE VIEW v AS SELECT 2 AS a',
      /v has another query/,
    ],
    [
      'a function of another body',
      'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 2 $$',
      /f\(\) has another body/,
    ],
    ['what only a ledger row proves', 'SELECT 1', 'SELECT 1 / 0', /its ledger row is the only proof/],
    [
      'what is not there at all',
      'SELECT 1',
      'ALTER TABLE orders ALTER COLUMN note SET NOT NULL, ADD CHECK (1/0 > 1)',
      /./,
    ],
  ];
  test.each(cases)('refuses %s', async (_what, byHand, wanted, said) => {
    await createOrders(client, 10);
    await client.query(byHand);
    await run(database, failing(wanted));
    const report = await resolve('0001_a', '02-it');
    expect(report).toMatchObject({
      applied: false,
      steps: [{ outcome: 'refused', said: expect.stringMatching(said) }],
    });
    expect(report.nextCommand).toBe('mend it, then: evenkeel resolve 0001_a 02-it');
    expect(await state('0001_a')).toBe('failed');
    expect(await audit()).toEqual([]);
    expect(await value(client, "SELECT count(*)::int FROM pg_class WHERE relname LIKE 'evenkeel_twin%'")).toBe(0);
  });

  test.each(cases.slice(1, 7))(
    'takes the same in other words for what it is, not %s',
    async (_what, byHand, wanted) => {
      await createOrders(client, 10);
      await client.query(wanted);
      expect((await run(database, failing(wanted))).outcome).toBe('failed');
      expect((await resolve('0001_a')).steps).toMatchObject([{ outcome: 'marked' }]);
      expect(byHand).not.toBe(wanted);
    },
  );

  test('by force it marks anything, and the ledger keeps who, when, why and what the server said', async () => {
    await run(database, failing('SELECT 1 / 0', 'CREATE TABLE later (id int)'));
    await expect(resolve('0001_a', null, 'because')).rejects.toThrow('Only a single step can be marked by force.');
    expect(await resolve('0001_a', '02-it', 'the rows are mended')).toMatchObject({
      steps: [{ outcome: 'forced' }],
      applied: false,
      nextCommand: 'evenkeel resume',
    });
    expect(await audit()).toMatchObject([
      {
        role: 'postgres',
        step: '02-it',
        action: 'forced',
        reason: 'the rows are mended',
        probe: expect.stringMatching(/only proof/),
      },
    ]);
    expect((await run(database, null)).outcome).toBe('completed');
    expect(await value(client, "SELECT to_regclass('later')::text")).toBe('later');
  });

  test('steps are marked in order, gates are not, and everything else is refused as a wrong word', async () => {
    const given = plan(
      migration('0001_a', [
        transactionStep('01-a', 'SELECT 1 / 0'),
        gateStep('02-gate'),
        transactionStep('03-c', 'CREATE TABLE c (id int)'),
      ]),
    );
    await expect(resolve('0001_a')).rejects.toThrow(UsageError);
    await run(database, given);
    await expect(resolve('0009')).rejects.toThrow('0009 has not begun in this database; begun: 0001_a.');
    await expect(resolve('0001_a', '07')).rejects.toThrow('0001_a has no step 07; it has 01-a, 02-gate, 03-c.');
    await expect(resolve('0001_a', '03-c')).rejects.toThrow('Step 03-c of 0001_a comes after 01-a, which is not done.');
    await expect(resolve('0001_a', '02-gate')).rejects.toMatchObject({
      nextCommand: 'evenkeel resume --past-gate 0001_a:02-gate',
    });
    await resolve('0001_a', '01-a', 'so');
    await expect(resolve('0001_a', '01-a')).rejects.toThrow('Step 01-a of 0001_a is done already.');
    expect(await resolve('0001_a')).toMatchObject({
      steps: [{ step: '02-gate', outcome: 'gate' }],
      nextCommand: 'evenkeel resume --past-gate 0001_a:02-gate',
    });
  });

  test('an invalid index is not the one that is wanted; the valid one is', async () => {
    await createOrders(client, 10);
    await client.query("UPDATE orders SET note = 'same'");
    const given = plan(
      migration('0001_i', [
        indexStep('01-i', 'CREATE UNIQUE INDEX CONCURRENTLY orders_note_idx ON public.orders (note)'),
      ]),
    );
    await run(database, given);
    await expect(client.query('CREATE UNIQUE INDEX CONCURRENTLY orders_note_idx ON orders (note)')).rejects.toThrow();
    expect((await resolve('0001_i')).steps).toMatchObject([
      { outcome: 'refused', said: expect.stringMatching(/invalid/) },
    ]);
    await client.query('DROP INDEX orders_note_idx; UPDATE orders SET note = id::text');
    await client.query('CREATE INDEX orders_note_idx ON orders (note)');
    expect((await resolve('0001_i')).steps).toMatchObject([{ outcome: 'refused' }]);
    await client.query('DROP INDEX orders_note_idx; CREATE UNIQUE INDEX orders_note_idx ON orders (note)');
    expect(await resolve('0001_i')).toMatchObject({ applied: true });
  });
});

describe('abandon', () => {
  test('keeps what was done, says how to take it back, and lets an edited file begin anew', async () => {
    await client.query('CREATE TABLE d (n int); INSERT INTO d VALUES (0)');
    write('0001_a.sql', 'CREATE TABLE a (id int);\nALTER TABLE d ADD CONSTRAINT good CHECK (n > 0);\n');
    expect(await apply()).toBe('failed');
    const report = await abandon('0001_a');
    expect(report).toMatchObject({ isAbandoned: true, outcome: 'completed', nextCommand: null, cleared: [] });
    expect(report.done.map(({ undo }) => undo)).toEqual([['DROP TABLE IF EXISTS public.a']]);
    expect(await value(client, "SELECT to_regclass('a')::text")).toBe('a');
    expect((await audit()).map(({ action }) => action)).toEqual(['abandoning', 'abandoned']);
    const status = await migrationStatus({ paths: [folder], databaseUrl: database.url });
    expect(status.migrations).toMatchObject([{ state: 'abandoned', situation: null }]);
    expect(status.nextCommand).toBe(`evenkeel apply ${folder}`);
    write('0001_a.sql', 'CREATE TABLE b (other int);');
    expect(await apply()).toBe('completed');
    expect(await state('0001_a')).toBe('applied');
    await expect(abandon('0009')).rejects.toThrow(UsageError);
  });

  test('the file of a migration that was given up may go, and the others are applied', async () => {
    write('0001_a.sql', 'SELECT 1 / (SELECT 0);');
    expect(await apply()).toBe('failed');
    await abandon('0001_a');
    await expect(abandon('0001_a')).rejects.toThrow('0001_a was given up already; nothing has begun.');
    rmSync(path.join(folder, '0001_a.sql'));
    write('0002_b.sql', 'CREATE TABLE b (id int);');
    expect(await apply()).toBe('completed');
  });

  test('triggers that kept columns in step go, as long as no version of the application relies on them', async () => {
    await client.query(
      'CREATE TABLE customers (id int PRIMARY KEY, name text); INSERT INTO customers VALUES (1, $$x$$)',
    );
    write('0001_rename.sql', 'ALTER TABLE customers RENAME COLUMN name TO full_name;');
    expect(await apply()).toBe('gated');
    const triggers = () =>
      value<number>(client, "SELECT count(*)::int FROM pg_trigger WHERE tgname LIKE 'zzz_evenkeel%'");
    expect(await triggers()).toBe(1);
    const report = await abandon('0001_rename');
    expect(report.cleared).toHaveLength(1);
    expect(report.cleared[0]).toMatch(/^The trigger zzz_evenkeel_.* of public\.customers and its function/);
    expect(await triggers()).toBe(0);
    expect(await value(client, "SELECT count(*)::int FROM pg_proc WHERE proname LIKE 'evenkeel_%sync%'")).toBe(0);
    // What is told takes it all back, statement by statement.
    for (const sql of report.done.flatMap(({ undo }) => undo ?? [])) await client.query(sql);
    const columns =
      "SELECT string_agg(attname, ' ') FROM pg_attribute WHERE attrelid = 'customers'::regclass AND attnum > 0 AND NOT attisdropped";
    expect(await value(client, columns)).toBe('id name');
    expect(await apply()).toBe('gated');
  });

  test('behind a passed gate the trigger stays, and is told with the rest', async () => {
    const made = [
      'CREATE OR REPLACE FUNCTION public.evenkeel_t_sync() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$',
      'CREATE TRIGGER zzz_evenkeel_t_sync BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.evenkeel_t_sync()',
    ];
    const undo = ['DROP TRIGGER zzz_evenkeel_t_sync ON public.t', 'DROP FUNCTION public.evenkeel_t_sync()'];
    await client.query('CREATE TABLE t (id int)');
    const given = plan(
      migration('0001_a', [
        transactionStep('01-sync', made, { undo }),
        gateStep('02-gate'),
        transactionStep('03-bad', 'SELECT 1 / 0', { phase: 'contract' }),
      ]),
    );
    expect((await run(database, given)).outcome).toBe('failed');
    const report = await abandon('0001_a');
    expect(report.cleared).toEqual([]);
    expect(report.done.find(({ step }) => step === '01-sync')?.undo).toEqual(undo);
    expect(await value(client, "SELECT count(*)::int FROM pg_trigger WHERE tgname = 'zzz_evenkeel_t_sync'")).toBe(1);
  });

  test('what somebody else holds is waited for, and cleared by the same command later', async () => {
    await client.query('CREATE TABLE customers (id int PRIMARY KEY, name text)');
    write('0001_rename.sql', 'ALTER TABLE customers RENAME COLUMN name TO full_name;');
    await apply();
    const reader = await database.client();
    await reader.query('BEGIN; SELECT FROM customers');
    await client.query('SELECT pg_sleep(0.6)');
    const held = await abandonRun({ ...controls('0001_rename', 'abandon'), maxWaitMs: 200 });
    expect(held).toMatchObject({ isAbandoned: false, outcome: 'stopped', nextCommand: 'evenkeel abandon 0001_rename' });
    expect(await state('0001_rename')).toBe('abandoning');
    await expect(apply()).rejects.toMatchObject({ nextCommand: 'evenkeel abandon 0001_rename' });
    await expect(resolve('0001_rename')).rejects.toMatchObject({ nextCommand: 'evenkeel abandon 0001_rename' });
    const status = await migrationStatus({ paths: [folder], databaseUrl: database.url });
    expect(status).toMatchObject({
      migrations: [{ situation: { kind: 'abandoning' } }],
      nextCommand: 'evenkeel abandon 0001_rename',
    });
    await reader.query('COMMIT');
    expect(await abandon('0001_rename')).toMatchObject({ isAbandoned: true });
  });

  test('while a runner is at work nothing is mended', async () => {
    await createOrders(client, 10);
    const reader = await database.client();
    await reader.query('BEGIN; SELECT FROM orders');
    await client.query('SELECT pg_sleep(0.6)');
    const started = startRun(
      database,
      plan(
        migration('0001_column', [
          transactionStep('01-add', 'ALTER TABLE orders ADD COLUMN extra int', {
            locks: ['public.orders ACCESS EXCLUSIVE'],
          }),
        ]),
      ),
    );
    await started.next('lock:wait');
    await expect(abandon('0001_column')).rejects.toThrow(RunnerBusyError);
    await expect(resolve('0001_column')).rejects.toThrow(RunnerBusyError);
    await reader.query('COMMIT');
    expect((await started.result).outcome).toBe('completed');
  });
});

describe('killed at every place it passes', () => {
  const CHILD = fileURLToPath(new URL('mend-child.ts', import.meta.url));
  const TSX = import.meta.resolve('tsx');

  /** Runs it until it is through; each try is killed at a place of its own. Answers the places. */
  async function killEverywhere(verb: string, id: string): Promise<readonly string[]> {
    const places = path.join(folder, 'places');
    writeFileSync(places, '');
    for (;;) {
      const child = spawn(process.execPath, ['--import', TSX, CHILD, verb, database.url, id], {
        env: { ...process.env, EVENKEEL_FAILPOINT: `@${places}:kill` },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((done) => {
        child.once('close', (...ended) => done(ended));
      });
      await until(
        async () =>
          (await value<number>(
            client,
            "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'evenkeel:%'",
          )) === 0,
      );
      if (signal === 'SIGKILL') continue;
      expect(code).toBe(0);
      return readFileSync(places, 'utf8').trim().split('\n');
    }
  }

  test('abandon ends as an undisturbed one would', async () => {
    await createOrders(client, 30);
    await client.query("UPDATE orders SET note = 'same'");
    const sync = [
      'CREATE FUNCTION public.evenkeel_orders_sync() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$',
      'CREATE TRIGGER zzz_evenkeel_orders_sync BEFORE INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION public.evenkeel_orders_sync()',
    ];
    const given = plan(
      migration('0001_a', [
        transactionStep('01-sync', sync, { locks: ['public.orders ACCESS EXCLUSIVE'] }),
        backfillStep('02-copy', { batchRows: 10 }),
        indexStep('03-index', 'CREATE UNIQUE INDEX CONCURRENTLY orders_note_idx ON public.orders (note)'),
      ]),
    );
    expect((await run(database, given)).outcome).toBe('failed');
    // As a build leaves it that broke off after its runner was gone.
    await expect(client.query('CREATE UNIQUE INDEX CONCURRENTLY orders_note_idx ON orders (note)')).rejects.toThrow();
    const places = await killEverywhere('abandon', '0001_a');
    expect(places).toContain('0001_a/-/before/abandoned#1');
    expect(places).toContain('abandon:0001_a/abandon-01/before/strike#1');
    expect(await state('0001_a')).toBe('abandoned');
    expect(
      await value(
        client,
        "SELECT (SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'zzz%') + (SELECT count(*) FROM pg_proc WHERE proname = 'evenkeel_orders_sync') + (SELECT count(*) FROM pg_index WHERE NOT indisvalid) + (SELECT count(*) FROM evenkeel.migration WHERE id LIKE 'abandon:%') + (SELECT count(*) FROM evenkeel.step WHERE cursor IS NOT NULL)",
      ),
    ).toBe('0');
    expect((await audit()).at(-1)).toMatchObject({ action: 'abandoned' });
  }, 120_000);

  test('resolve ends as an undisturbed one would, and each step is decided once', async () => {
    await client.query('CREATE TABLE a (id int); CREATE TABLE b (id int)');
    const row = {
      tool: 'drizzle',
      schema: 'drizzle',
      table: '__drizzle_migrations',
      hash: 'h',
      createdAtMs: 1,
    } as const;
    const steps = ['a', 'b'].map((name) => transactionStep(`make-${name}`, `CREATE TABLE ${name} (id int)`));
    await run(database, plan(migration('0001_a', steps, row)));
    const places = await killEverywhere('resolve', '0001_a');
    expect(places).toContain('0001_a/make-b/before/resolve#1');
    expect(await state('0001_a')).toBe('applied');
    expect(await value(client, 'SELECT count(*)::int FROM drizzle.__drizzle_migrations')).toBe(1);
    expect((await audit()).map(({ step }) => step)).toEqual(['make-a', 'make-b']);
  }, 120_000);
});

describe('another folder on the same database', () => {
  const broken = plan(
    migration('0001_a', [
      transactionStep('01-sell', 'CREATE TABLE sales (id int)'),
      transactionStep('02-bad', 'SELECT 1 / (SELECT 0)'),
    ]),
  );
  const elsewhere = (sql: string) =>
    plan({ ...migration('0001_other', [transactionStep('01-x', sql)]), path: 'other/0001_other.sql' });

  test('is applied when it has nothing in common with what failed', async () => {
    expect((await run(database, broken)).outcome).toBe('failed');
    expect((await run(database, elsewhere('CREATE TABLE unrelated (id int)'))).outcome).toBe('completed');
    expect(await state('0001_a')).toBe('failed');
  });

  test('is refused when they share a table, a folder, or when nobody can tell', async () => {
    await run(database, broken);
    const expected = (shared: RegExp) => ({ code: 'ledger-mismatch', message: expect.stringMatching(shared) });
    await expect(run(database, elsewhere('ALTER TABLE sales ADD COLUMN x int'))).rejects.toMatchObject(
      expected(/has public\.sales in common/),
    );
    await expect(run(database, elsewhere('DO $$BEGIN PERFORM 1; END$$'))).rejects.toMatchObject(
      expected(/code that may touch anything/),
    );
    const sameFolder = plan(migration('0002_b', [transactionStep('01-x', 'CREATE TABLE unrelated (id int)')]));
    await expect(run(database, sameFolder)).rejects.toMatchObject(expected(/the folder migrations in common/));
    await abandon('0001_a');
    expect((await run(database, elsewhere('ALTER TABLE sales ADD COLUMN x int'))).outcome).toBe('completed');
  });
});
