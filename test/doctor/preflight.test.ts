import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyMigrations } from '../../src/api/apply-migrations.ts';
import { planMigrations } from '../../src/api/check-migrations.ts';
import { type PreflightOptions, preflightMigrations } from '../../src/api/preflight-migrations.ts';
import type { PreflightReport, PreflightStep } from '../../src/model/preflight-report.ts';
import { renderReport } from '../../src/report/reporters.ts';
import { startPostgresServer } from '../../src/server/postgres-server.ts';
import { ownValidator } from '../report/schema-validators.ts';
import { createOrders, until, value } from '../run/run-support.ts';
import { startPgbouncer, whyNoPgbouncer } from '../support/start-pgbouncer.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const ADD_COLUMN = 'ALTER TABLE orders ADD COLUMN extra int;';
const BUILD_INDEX = 'CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);';

let database: TestDatabase;
let client: pg.Client;
let folder = '';

const missing = whyNoPgbouncer();

describe.each([13, 15, 18])('PostgreSQL %i', (major) => {
  beforeEach(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
    await createOrders(client, 10);
    folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-preflight-'));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await database.drop();
  });

  const write = (name: string, sql: string): void => writeFileSync(path.join(folder, name), sql);
  const look = (options: Partial<PreflightOptions> = {}): Promise<PreflightReport> =>
    preflightMigrations({ path: folder, databaseUrl: database.url, ...options });
  const exitCode = (report: PreflightReport): number => renderReport(report, 'text').exitCode;
  const only = ({ steps }: PreflightReport): PreflightStep => {
    expect(steps).toHaveLength(1);
    return steps[0] as PreflightStep;
  };
  const apply = (): Promise<string> =>
    applyMigrations({
      path: folder,
      databaseUrl: database.url,
      through: 'migrate',
      pastGate: null,
      commandLine: 'evenkeel apply',
      onEvent: () => undefined,
      signal: new AbortController().signal,
    });

  test('nobody is in the way, and nothing is written by looking', async () => {
    write('0001.sql', ADD_COLUMN);
    write('0002.sql', BUILD_INDEX);
    const before = await everything(client);
    const report = await look();
    expect(report).toMatchObject({
      verdict: 'clear',
      checks: [],
      reasons: [],
      nextCommand: `evenkeel apply ${folder}`,
    });
    expect(report.steps.map(({ kind, verdict }) => [kind, verdict])).toEqual([
      ['transaction', 'clear'],
      ['concurrent-index', 'clear'],
    ]);
    expect(exitCode(report)).toBe(0);
    expect(ownValidator('preflight')(JSON.parse(renderReport(report, 'json').output))).toEqual([]);
    expect(await everything(client)).toEqual(before);
  });

  test('what is applied is left out, and a gate ends the look', async () => {
    write('0001.sql', ADD_COLUMN);
    expect(await apply()).toBe('completed');
    expect(await look()).toMatchObject({ verdict: 'clear', steps: [], gate: null, nextCommand: null });
    expect(exitCode(await look())).toBe(0);
    write('0002.sql', 'ALTER TABLE orders DROP COLUMN extra;');
    const gated = await look();
    const gate = { migration: '0002', step: expect.any(String), deploy: expect.any(String) };
    expect(gated).toMatchObject({ verdict: 'clear', steps: [], gate });
    expect(gated.nextCommand).toBe(`evenkeel apply ${folder} --past-gate 0002:${gated.gate?.step}`);
    expect(exitCode(gated)).toBe(1);
    const past = await look({ pastGate: `0002:${gated.gate?.step}` });
    expect(past.gate).toBeNull();
    expect(past.steps.map(({ migration, verdict }) => [migration, verdict])).toContainEqual(['0002', 'clear']);
    expect(exitCode(past)).toBe(0);
  });

  test('an old reader is in the way, by name and without what it read', async () => {
    write('0001.sql', ADD_COLUMN);
    const reader = await database.client();
    await reader.query("SET application_name = 'report'; BEGIN");
    await reader.query("SELECT * FROM orders WHERE note = 's3cret'");
    await until(async () => (await look()).verdict === 'wait');
    const report = await look();
    expect(exitCode(report)).toBe(1);
    const { verdict, reasons } = only(report);
    expect(verdict).toBe('wait');
    expect(reasons).toMatchObject([
      {
        verdict: 'wait',
        sentence: expect.stringMatching(
          /^pid \d+ \(report, postgres\) holds ACCESS SHARE on public\.orders, idle in transaction, open for \d+ m?s\.$/,
        ),
        blocker: { applicationName: 'report', query: 'SELECT * FROM orders WHERE note = ?' },
        nextCommand: expect.stringMatching(/pg_terminate_backend\(\d+\)/),
      },
    ]);
    expect(ownValidator('preflight')(JSON.parse(renderReport(report, 'json').output))).toEqual([]);
    expect(JSON.stringify(report)).not.toContain('s3cret');
    await reader.query('ROLLBACK');
    expect((await look()).verdict).toBe('clear');
  });

  test('a reader whose age is hidden is watched, and counts once it stays', async () => {
    write('0001.sql', ADD_COLUMN);
    const role = `sees_${database.name}`;
    await client.query(`CREATE ROLE ${role} LOGIN; GRANT CREATE ON DATABASE ${database.name} TO ${role};
      ALTER TABLE orders OWNER TO ${role}`);
    const databaseUrl = database.url.replace('postgres@', `${role}@`);
    expect((await look({ databaseUrl })).verdict).toBe('clear');
    const reader = await database.client();
    await reader.query('BEGIN; SELECT 1 FROM orders');
    const { reasons } = only(await look({ databaseUrl }));
    expect(reasons).toMatchObject([{ verdict: 'wait', sentence: expect.stringMatching(/hidden from this role/) }]);
    await reader.query('ROLLBACK');
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`).catch(() => undefined);
  });

  test('a build waits for writers and for old snapshots, of whatever table', async () => {
    write('0001.sql', BUILD_INDEX);
    const writer = await database.client();
    await writer.query("BEGIN; INSERT INTO orders VALUES (11, 'x')");
    await until(async () => (await look()).verdict === 'wait');
    expect(only(await look()).reasons[0]?.sentence).toMatch(
      /holds ROW EXCLUSIVE .*; a build would wait for its end\.$/,
    );
    await writer.query('ROLLBACK');
    expect((await look()).verdict).toBe('clear');
    await writer.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 7');
    expect((await look()).verdict).toBe('clear');
    const aged = await look({ limits: { longTransactionMs: 0 } });
    expect(only(aged).verdict).toBe('wait');
    expect(
      only(aged)
        .reasons.map(({ sentence }) => sentence)
        .join(' '),
    ).toMatch(
      /has a snapshot that is \d+ m?s old, idle in transaction \(BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT \?\)/,
    );
    await writer.query('ROLLBACK');
  });

  test('the index of a run that stopped: being built by somebody else, and invalid', async () => {
    await client.query("UPDATE orders SET note = 'same'");
    write('0001.sql', BUILD_INDEX.replace('CREATE', 'CREATE UNIQUE'));
    expect(await apply()).toBe('failed');
    expect(only(await look())).toMatchObject({ verdict: 'clear', kind: 'concurrent-index' });
    const writer = await database.client();
    await writer.query("BEGIN; INSERT INTO orders VALUES (11, 'x')");
    const builder = await database.client();
    const built = builder.query(BUILD_INDEX).catch(() => undefined);
    await until(() => value<boolean>(client, "SELECT to_regclass('orders_note_idx') IS NOT NULL"));
    const building = only(await look());
    expect(building.verdict).toBe('wait');
    const sentences = building.reasons.map(({ sentence }) => sentence).join(' ');
    expect(sentences).toMatch(/Server process \d+ is building public\.orders_note_idx right now\./);
    await client.query(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONC%'`);
    await built;
    await writer.query('ROLLBACK');
    const broken = only(await look());
    expect(broken.verdict).toBe('clear');
    expect(broken.reasons.map(({ sentence }) => sentence).join(' ')).toMatch(/is there and invalid; a run drops it/);
  });

  test('how much disk a build needs, where the server knows the size of the table', async () => {
    write('0001.sql', BUILD_INDEX);
    await client.query('VACUUM ANALYZE orders');
    expect(only(await look()).reasons).toMatchObject([
      {
        verdict: 'clear',
        sentence: expect.stringMatching(/^The build needs less than 16 kB|^The build needs less than 8 kB/),
      },
    ]);
  });

  test('somebody who has the table locked is named, though its schema cannot be read meanwhile', async () => {
    await client.query("ALTER TABLE orders ADD CHECK (note <> '')");
    write('0001.sql', ADD_COLUMN);
    const other = await database.client();
    await other.query("SET application_name = 'vacuum full'; BEGIN; LOCK TABLE orders");
    const report = await look();
    expect(report.verdict).toBe('wait');
    const all = [...report.reasons, ...report.steps.flatMap(({ reasons }) => reasons)];
    expect(all.map(({ sentence }) => sentence).join(' ')).toMatch(
      /pid \d+ \(vacuum full, postgres\) holds ACCESS EXCLUSIVE/,
    );
    await other.query('ROLLBACK');
  });

  test('a table of somebody else is refused, with the grant', async () => {
    write('0001.sql', ADD_COLUMN);
    const role = `plain_${database.name}`;
    await client.query(`CREATE ROLE ${role} LOGIN`);
    const databaseUrl = database.url.replace('postgres@', `${role}@`);
    const report = await look({ databaseUrl });
    expect(report.verdict).toBe('refused');
    expect(exitCode(report)).toBe(1);
    expect(report.checks.map(({ id }) => id)).toEqual(['rights.ledger']);
    expect(report.nextCommand).toBe(`GRANT CREATE ON DATABASE ${database.name} TO ${role};`);
    expect(only(report).reasons).toMatchObject([
      {
        verdict: 'refused',
        sentence: `Table public.orders belongs to postgres; role ${role} may not change it.`,
        nextCommand: expect.stringContaining(`GRANT postgres TO ${role}`),
      },
    ]);
    await client.query(`DROP ROLE ${role}`);
  });

  test('a run that is under way is waited for', async () => {
    write('0001.sql', ADD_COLUMN);
    const runner = await database.client();
    await runner.query(`SET application_name = 'evenkeel:control:x'; SELECT pg_advisory_lock(${0x45564b4c}, 1)`);
    expect(await look()).toMatchObject({
      verdict: 'wait',
      reasons: [{ verdict: 'wait', sentence: expect.stringMatching(/^Another run .*evenkeel:control:x/) }],
    });
  });

  test('a file that was edited after it was applied is refused as apply refuses it', async () => {
    write('0001.sql', ADD_COLUMN);
    await apply();
    write('0001.sql', `${ADD_COLUMN} -- edited`);
    expect(await look()).toMatchObject({
      verdict: 'refused',
      steps: [],
      reasons: [{ verdict: 'refused', sentence: expect.stringMatching(/was edited after it was applied/) }],
    });
  });

  test('a saved plan is looked at as it stands, and refused when it is stale', async () => {
    write('0001.sql', ADD_COLUMN);
    const report = await planMigrations({ paths: [folder], databaseUrl: database.url });
    const file = path.join(folder, 'plan.json');
    writeFileSync(file, renderReport(report, 'json').output);
    expect(await look({ path: file })).toMatchObject({ verdict: 'clear', steps: [{ verdict: 'clear' }] });
    await client.query('CREATE TABLE other (id int)');
    expect(await look({ path: file })).toMatchObject({
      verdict: 'refused',
      reasons: [{ sentence: 'The schema of the database has changed since the plan was made.' }],
    });
  });

  test.skipIf(missing !== null)('behind a pooler in transaction mode nothing is tried', async () => {
    write('0001.sql', ADD_COLUMN);
    for (const mode of ['transaction', 'statement', 'session'] as const) {
      const bouncer = await startPgbouncer({ serverPort: database.port, mode });
      try {
        const report = await look({ databaseUrl: bouncer.url(database.name) });
        if (mode === 'session') expect(report).toMatchObject({ verdict: 'clear', steps: [{ verdict: 'clear' }] });
        else expect(report).toMatchObject({ verdict: 'refused', checks: [{ id: 'server.pooler' }], steps: [] });
      } finally {
        await bouncer.stop();
      }
    }
  });
});

describe.each([13, 18])('on a server of its own, PostgreSQL %i', (major) => {
  test('a prepared transaction, and a synchronous standby that is not there', async () => {
    const server = await startPostgresServer({ major, settings: { max_prepared_transactions: '5' } });
    const own = new pg.Client({ connectionString: server.url() });
    const given = mkdtempSync(path.join(tmpdir(), 'evenkeel-preflight-'));
    try {
      await own.connect();
      await createOrders(own, 10);
      writeFileSync(path.join(given, '0001.sql'), ADD_COLUMN);
      await own.query("BEGIN; INSERT INTO orders VALUES (11, 'x'); PREPARE TRANSACTION 'forgotten'");
      const options = { path: given, databaseUrl: server.url() };
      const report = await preflightMigrations(options);
      expect(report).toMatchObject({
        verdict: 'wait',
        steps: [
          {
            reasons: [
              {
                sentence: expect.stringMatching(
                  /^A transaction prepared as forgotten holds ROW EXCLUSIVE on public\.orders/,
                ),
                nextCommand: expect.stringMatching(/^ROLLBACK PREPARED 'forgotten';/),
              },
            ],
          },
        ],
      });
      await own.query("ROLLBACK PREPARED 'forgotten'");
      expect((await preflightMigrations(options)).verdict).toBe('clear');
      await own.query("ALTER SYSTEM SET synchronous_standby_names = 'gone'");
      await own.query('SELECT pg_reload_conf()');
      await until(async () => (await value<string>(own, 'SHOW synchronous_standby_names')) === 'gone');
      expect(await preflightMigrations(options)).toMatchObject({
        verdict: 'refused',
        checks: [{ id: 'replication.synchronous' }],
        steps: [{ verdict: 'clear' }],
      });
    } finally {
      rmSync(given, { recursive: true, force: true });
      await own.end();
      await server.stop();
    }
  });
});

/** All there is in the database, by its catalog. */
async function everything(session: pg.Client): Promise<unknown> {
  const { rows } =
    await session.query(`SELECT oid::text, relname, relkind, relacl::text, reloptions::text, relfilenode::text
    FROM pg_class UNION ALL SELECT oid::text, nspname, 'n', nspacl::text, NULL, NULL FROM pg_namespace
    UNION ALL SELECT oid::text, proname, 'f', NULL, NULL, NULL FROM pg_proc
    UNION ALL SELECT attrelid::text, attname, 'a', attacl::text, attnum::text, NULL FROM pg_attribute ORDER BY 1, 2, 5`);
  return rows;
}
