import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyMigrations } from '../../src/api/apply-migrations.ts';
import { migrationStatus } from '../../src/api/migration-status.ts';
import { watchRun } from '../../src/api/watch-run.ts';
import { LedgerMismatchError, PrivilegeError } from '../../src/model/error.ts';
import type { MigrationSituation } from '../../src/model/migration-situation.ts';
import type { StatusReport } from '../../src/model/report.ts';
import type { RunOutcome } from '../../src/model/run-event.ts';
import type { WatchState } from '../../src/model/watch-state.ts';
import { renderReport } from '../../src/report/reporters.ts';
import { watchVerdict } from '../../src/report/watch-verdict.ts';
import { LEDGER_VERSION } from '../../src/run/ledger-schema.ts';
import { ownValidator } from '../report/schema-validators.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { migration, plan, transactionStep } from './plan-fixture.ts';
import { createOrders, run, startRun, until, value } from './run-support.ts';

let database: TestDatabase;
let client: pg.Client;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase(18);
  client = await database.client();
  folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-situations-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

const write = (name: string, sql: string): void => writeFileSync(path.join(folder, name), sql);

function apply(more: { readonly maxWaitMs?: number; readonly signal?: AbortSignal } = {}): Promise<RunOutcome> {
  return applyMigrations({
    path: folder,
    databaseUrl: database.url,
    through: 'migrate',
    pastGate: null,
    commandLine: 'evenkeel apply drizzle',
    onEvent: () => undefined,
    signal: new AbortController().signal,
    ...more,
  });
}

async function status(paths: readonly string[] = [folder]): Promise<StatusReport> {
  const report = await migrationStatus({ paths, databaseUrl: database.url });
  expect(ownValidator('status')(JSON.parse(renderReport(report, 'json').output))).toEqual([]);
  return report;
}

async function situation(id: string): Promise<MigrationSituation> {
  const found = (await status()).migrations.find((row) => row.id === id)?.situation ?? null;
  if (found === null) throw new Error(`${id} has no situation`);
  return found;
}

describe('status says what a migration that has begun needs, and the one command', () => {
  test('rows that do not fit need a person, and then the same command', async () => {
    await client.query('CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders VALUES (1), (2)');
    write('0001_unique.sql', 'ALTER TABLE orders ADD CONSTRAINT orders_positive CHECK (id > 1);');
    expect(await apply()).toBe('failed');
    expect(await situation('0001_unique')).toMatchObject({
      kind: 'needs-data-fix',
      sqlstate: '23514',
      reason: 'Mend the rows that break the check, then run the same command again.',
      nextCommand: `evenkeel apply ${folder}`,
    });
    await client.query('DELETE FROM orders WHERE id = 1');
    expect(await apply()).toBe('completed');
    expect((await status()).migrations[0]).toMatchObject({ state: 'applied', situation: null });
  });

  test('a name that is taken is drift: its definition is to be compared', async () => {
    const given = plan(migration('0001_a', [transactionStep('01-make', 'CREATE TABLE a (id int)')]));
    await client.query('CREATE TABLE a (other text)');
    expect((await run(database, given)).outcome).toBe('failed');
    const report = await status([]);
    expect(report.migrations[0]?.situation).toMatchObject({
      kind: 'drift',
      step: '01-make',
      sqlstate: '42P07',
      nextCommand: 'evenkeel resolve 0001_a 01-make',
    });
    expect(report.nextCommand).toBe('evenkeel resolve 0001_a 01-make');
    expect(renderReport(report, 'text').output).toMatch(/drift: .*\n?[\s\S]*next: evenkeel resolve 0001_a 01-make/);
  });

  test('what is gone is drift; what the step did not do is drift, too', async () => {
    const gone = plan(migration('0001_a', [transactionStep('01-alter', 'ALTER TABLE nowhere ADD COLUMN x int')]));
    await run(database, gone);
    expect((await status([])).migrations[0]?.situation).toMatchObject({
      kind: 'drift',
      sqlstate: '42P01',
      nextCommand: 'evenkeel apply migrations',
    });
    await client.query('DROP SCHEMA evenkeel CASCADE');
    const idle = transactionStep('01-idle', 'SELECT 1', { condition: "SELECT to_regclass('made') IS NOT NULL" });
    await run(database, plan(migration('0001_a', [idle])));
    expect((await status([])).migrations[0]?.situation).toMatchObject({ kind: 'drift', sqlstate: null });
  });

  test('a right that is missing, and SQL that is wrong, need a fix', async () => {
    await run(database, plan(migration('0001_a', [transactionStep('01-call', 'SELECT no_such_function()')])));
    expect((await status([])).migrations[0]?.situation).toMatchObject({ kind: 'needs-fix', sqlstate: '42883' });
  });

  test('a closed gate is told with what to deploy and how to pass it', async () => {
    await client.query('CREATE TABLE orders (id int PRIMARY KEY, note text)');
    write('0001_drop.sql', 'ALTER TABLE orders DROP COLUMN note;');
    expect(await apply()).toBe('gated');
    const { kind, step, nextCommand } = await situation('0001_drop');
    expect(kind).toBe('gated');
    expect(nextCommand).toBe(`evenkeel apply ${folder} --past-gate 0001_drop:${step}`);
  });

  test('whoever is still in the way is named, and once he is gone the next run just goes on', async () => {
    await createOrders(client, 10);
    write('0001_column.sql', 'ALTER TABLE orders ADD COLUMN extra int;');
    const reader = await database.client();
    await reader.query("SET application_name = 'report'; BEGIN; SELECT FROM orders");
    await client.query('SELECT pg_sleep(0.6)');
    expect(await apply({ maxWaitMs: 300 })).toBe('stopped');
    const pid = await value<number>(reader, 'SELECT pg_backend_pid()');
    const blocked = await situation('0001_column');
    expect(blocked).toMatchObject({ kind: 'blocked', nextCommand: `evenkeel apply ${folder}` });
    expect(blocked.blockers.map((blocker) => blocker.pid)).toEqual([pid]);
    expect(blocked.reason).toMatch(new RegExp(`^Pid ${pid} \\(report, .*has held ACCESS SHARE on public.orders`));
    await reader.query('COMMIT');
    expect(await situation('0001_column')).toMatchObject({
      kind: 'retryable',
      blockers: [],
      nextCommand: `evenkeel apply ${folder}`,
    });
  });

  test('while a runner waits the status says for whom, and that it is to be watched', async () => {
    await createOrders(client, 10);
    const reader = await database.client();
    await reader.query('BEGIN; SELECT FROM orders');
    await client.query('SELECT pg_sleep(0.6)');
    const started = startRun(database, addColumn);
    await started.next('lock:wait');
    await until(async () => (await status([])).migrations[0]?.situation?.kind === 'blocked');
    expect((await status([])).migrations[0]?.situation?.nextCommand).toBe('evenkeel watch');
    await reader.query('COMMIT');
    expect((await started.result).outcome).toBe('completed');
  });
});

const addColumn = plan(
  migration('0001_column', [
    transactionStep('01-add', 'ALTER TABLE orders ADD COLUMN extra int', { locks: ['public.orders ACCESS EXCLUSIVE'] }),
  ]),
);

describe('what was typed is kept', () => {
  test('a dead runner’s next command is its own, without what looks like a password', async () => {
    await createOrders(client, 10);
    await run(database, addColumn, {
      commandLine: 'evenkeel apply db/migrations --database-url postgresql://me:s3cr3t@h/d?sslpassword=geheim',
    });
    // As a runner that is killed leaves it.
    await client.query(
      "UPDATE evenkeel.run SET outcome = NULL, finished_at = NULL; DELETE FROM evenkeel.event WHERE body ->> 'type' = 'run:end'; UPDATE evenkeel.migration SET state = 'running'",
    );
    const seen: WatchState[] = [];
    await watchRun({
      databaseUrl: database.url,
      run: null,
      everyMs: 20,
      signal: new AbortController().signal,
      onLook: ({ state }) => seen.push(state),
    });
    const last = seen.at(-1);
    if (last === undefined) throw new Error('nothing was seen');
    expect(last.runner.state).toBe('gone');
    expect(watchVerdict(last).nextCommand).toBe(
      'evenkeel apply db/migrations --database-url postgresql://h/d?sslpassword=***',
    );
    expect((await status([])).nextCommand).toMatch(/^evenkeel apply db\/migrations /);
    expect(await value(client, 'SELECT string_agg(command_line, $$ $$) FROM evenkeel.run')).not.toMatch(
      /s3cr3t|geheim/,
    );
  });
});

describe('a ledger of another Evenkeel', () => {
  const toVersionOne =
    'ALTER TABLE evenkeel.run DROP COLUMN command_line; DROP TABLE evenkeel.audit; UPDATE evenkeel.ledger SET version = 1';

  test('an older one is read as it is, and the next run brings it up to date', async () => {
    await createOrders(client, 10);
    await run(database, plan(migration('0000_a', [transactionStep('01-a', 'CREATE TABLE a (id int)')])));
    await client.query(toVersionOne);
    expect((await status([])).migrations).toMatchObject([{ id: '0000_a', state: 'applied' }]);
    expect((await run(database, addColumn)).outcome).toBe('completed');
    expect(await value(client, 'SELECT version FROM evenkeel.ledger')).toBe(LEDGER_VERSION);
    expect(await value(client, "SELECT string_agg(id, ' ' ORDER BY place) FROM evenkeel.migration")).toBe(
      '0000_a 0001_column',
    );
    expect(await value(client, 'SELECT command_line FROM evenkeel.run ORDER BY started_at DESC LIMIT 1')).toBe(
      'evenkeel apply migrations',
    );
  });

  test('who does not own an older one is told who has to run it once', async () => {
    const role = `writer_${database.name}`;
    await createOrders(client, 10);
    await run(database, plan(migration('0000_a', [transactionStep('01-a', 'CREATE TABLE a (id int)')])));
    await client.query(toVersionOne);
    await client.query(
      `CREATE ROLE ${role} LOGIN; GRANT USAGE ON SCHEMA evenkeel TO ${role}; GRANT ALL ON ALL TABLES IN SCHEMA evenkeel TO ${role}`,
    );
    const refused = run({ ...database, url: database.url.replace('postgres@', `${role}@`) }, addColumn);
    await expect(refused).rejects.toMatchObject({
      constructor: PrivilegeError,
      message: expect.stringMatching(/of an older Evenkeel \(version 1; this one writes 2\), and only its owner/),
      nextCommand: 'once as postgres: evenkeel apply migrations',
    });
    expect(await value(client, 'SELECT version FROM evenkeel.ledger')).toBe(1);
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  test('a newer one is refused by whoever writes, reads or watches it', async () => {
    await createOrders(client, 10);
    await run(database, addColumn);
    await client.query('UPDATE evenkeel.ledger SET version = 99');
    const expected = {
      constructor: LedgerMismatchError,
      message: expect.stringMatching(/version 99, written by a newer Evenkeel/),
      nextCommand: 'npm install evenkeel@latest, then run the same command again',
    };
    const { signal } = new AbortController();
    const watched = watchRun({ databaseUrl: database.url, run: null, everyMs: 20, signal, onLook: () => undefined });
    await expect(watched).rejects.toMatchObject(expected);
    await expect(status([])).rejects.toMatchObject(expected);
    await expect(run(database, addColumn)).rejects.toMatchObject(expected);
  });
});
