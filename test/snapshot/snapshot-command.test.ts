import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CliContext } from '../../src/cli/context.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import * as library from '../../src/index.ts';
import type { CheckReport } from '../../src/model/report.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { schemaSql } from './snapshot-support.ts';

const { apply, check, explain, makePlan, takeSnapshot } = library;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-snapshot-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Statistics arrive a moment later. */
const WITHIN = { timeout: 20_000 };

interface Session {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function evenkeel(words: readonly string[], env: CliContext['env'] = {}): Promise<Session> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr'): CliContext['stdout'] => ({
    write: (text) => {
      written[name] += text;
    },
    isTerminal: false,
    columns: 80,
    rows: 24,
  });
  const context: CliContext = {
    version: '1.2.3',
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env,
    cwd: folder,
    now: () => 0,
    onInterrupt: () => () => undefined,
    exitNow: () => undefined,
  };
  const exitCode = await runCli(words, context, library);
  return { exitCode, ...written };
}

const file = (name: string): string => path.join(folder, name);
const snapshotIn = (name: string): Snapshot => JSON.parse(readFileSync(file(name), 'utf8'));

/** A finding without what the way to the schema changes: the next command, and the traffic that the clock moves. */
function comparable(report: CheckReport): readonly object[] {
  return report.findings.map(({ nextCommand: _, consequence, ...rest }) => ({
    ...rest,
    consequence: consequence.replaceAll(
      /, (and hardly a|at least about [\d,]+|about [\d,]+) requests? would queue|about \d+ calls|less than one call/g,
      '',
    ),
  }));
}

const MIGRATIONS: Readonly<Record<string, string>> = {
  '0001_applied.sql': 'CREATE TABLE applied_before (id int);',
  '0002_types.sql':
    'ALTER TABLE orders ALTER COLUMN code TYPE varchar(60);\nALTER TABLE customers ALTER COLUMN credit TYPE numeric(14, 2);',
  '0003_indexes.sql': 'CREATE INDEX orders_note_idx ON orders (note);\nDROP INDEX orders_code_idx;',
  '0004_keys.sql':
    'ALTER TABLE orders ADD CONSTRAINT c CHECK (note IS NOT NULL);\nALTER TABLE settings ADD FOREIGN KEY (changed_by) REFERENCES customers (id);',
  '0005_drop.sql': 'ALTER TABLE customers DROP COLUMN name;\nALTER TABLE nowhere ADD COLUMN a int;',
  '0006_time.sql': 'ALTER TABLE orders ALTER COLUMN shipped_at TYPE timestamptz;',
};

describe.each([13, 18])('with PostgreSQL %i', (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(major);
    const client = await database.client();
    await client.query(`${schemaSql('shop')}; CREATE TABLE applied_before (id int); ANALYZE;
      ALTER DATABASE ${database.name} SET TimeZone = 'Europe/Berlin'`);
    await client.end();
    // Counters from now on: what building the schema has done is no traffic.
    const resetting = await database.client();
    const inserts = async (): Promise<number> => {
      const { rows } = await resetting.query('SELECT sum(n_tup_ins)::int AS n FROM pg_stat_user_tables');
      return rows[0]?.n;
    };
    await vi.waitUntil(async () => (await inserts()) > 0, WITHIN);
    await resetting.query('SELECT pg_stat_reset()');
    await vi.waitUntil(async () => (await inserts()) === 0, WITHIN);
    await resetting.end();
  });
  afterAll(() => database.drop());

  test('what check says on a snapshot is what it says on the database', async () => {
    mkdirSync(file('migrations'));
    for (const [name, sql] of Object.entries(MIGRATIONS)) writeFileSync(file(`migrations/${name}`), sql);
    const output = file('prod.json');
    await takeSnapshot({ databaseUrl: database.url, output, sampleMs: 0 });
    const paths = [file('migrations')];
    const live = await check({ paths, databaseUrl: database.url });
    const offline = await check({ paths, schemaFile: output });
    expect(comparable(offline)).toEqual(comparable(live));
    expect(offline.findings.length).toBeGreaterThan(8);
    expect(offline.findings.some(({ consequence }) => consequence.includes('One notch lower'))).toBe(true);
    expect(offline.server).toEqual({ engine: 'postgresql', major });
    expect(offline.context).toMatch(/prod\.json \(taken \d{4}-\d\d-\d\d \d\d:\d\d UTC\)$/);
    // Berlin is not UTC: the column is written anew.
    expect(offline.files.at(-1)?.statements[0]?.facts.rewrites).toEqual(['public.orders']);
    const explained = await explain({ paths, schemaFile: output });
    expect(explained.files[1]?.statements[1]?.estimate?.tables[0]).toMatchObject({
      relation: 'public.customers',
      rows: expect.any(Number),
    });
  });

  test('a plan made on a snapshot is the plan made on the database, with its fingerprint', async () => {
    writeFileSync(file('a.sql'), MIGRATIONS['0003_indexes.sql'] ?? '');
    await takeSnapshot({ databaseUrl: database.url, output: file('prod.json'), sampleMs: 0 });
    const live = await makePlan({ paths: [file('a.sql')], databaseUrl: database.url });
    const offline = await makePlan({ paths: [file('a.sql')], schemaFile: file('prod.json') });
    expect(offline.plan).toEqual(live.plan);
  });

  test('migrations that are applied are left out, and an edited one is told', async () => {
    const other = await createTestDatabase(major);
    mkdirSync(file('migrations'));
    writeFileSync(file('migrations/1.sql'), 'CREATE TABLE a (id int);');
    const signal = new AbortController().signal;
    const run = { databaseUrl: other.url, through: 'migrate', pastGate: null, commandLine: 'x', signal } as const;
    await apply({ ...run, path: file('migrations'), onEvent: () => undefined });
    writeFileSync(file('migrations/2.sql'), 'ALTER TABLE a ADD COLUMN b int;');
    const output = file('prod.json');
    await takeSnapshot({ databaseUrl: other.url, output, sampleMs: 0 });
    const report = await check({ paths: [file('migrations')], schemaFile: output });
    expect(report.files.map((one) => path.basename(one.path))).toEqual(['2.sql']);
    expect(report.context).toContain('; 1 of 2 files are applied)');
    writeFileSync(file('migrations/1.sql'), 'CREATE TABLE a (id bigint);');
    await expect(check({ paths: [file('migrations')], schemaFile: output })).rejects.toThrow(
      /1\.sql was edited after it was applied/,
    );
    await other.drop();
  });

  test('evenkeel snapshot writes the file, keeps the rates in it, and says what it lacks', async () => {
    const output = file('evenkeel.snapshot.json');
    const words = ['snapshot', '--output', output, '--sample', '0'];
    const first = await evenkeel(words, { DATABASE_URL: database.url });
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toContain(`PostgreSQL ${snapshotIn('evenkeel.snapshot.json').server.version}, `);
    expect(first.stdout).toContain(`evenkeel check <folder> --schema ${output}`);
    const rated = { ...snapshotIn('evenkeel.snapshot.json'), calibration: { scanMbPerSecond: 42 } };
    writeFileSync(output, JSON.stringify(rated));
    await evenkeel(words, { DATABASE_URL: database.url });
    expect(snapshotIn('evenkeel.snapshot.json').calibration).toEqual({ scanMbPerSecond: 42 });
    expect(readdirSync(folder)).toEqual(['evenkeel.snapshot.json']);
    writeFileSync(file('a.sql'), 'ALTER TABLE orders ADD CONSTRAINT c CHECK (note IS NOT NULL);');
    const checked = await evenkeel(['check', file('a.sql'), '--schema', output]);
    expect(checked.stdout.replaceAll(/\s+/g, ' ')).toContain('reckoned with 42 MB/s read');
  });

  test('to standard output with -', async () => {
    const { exitCode, stdout } = await evenkeel([
      'snapshot',
      '--output',
      '-',
      '--sample',
      '0',
      '--database-url',
      database.url,
    ]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, server: { major }, timeZone: 'Europe/Berlin' });
  });

  test('a file that is no snapshot is not written over', async () => {
    writeFileSync(file('package.json'), '{"name": "shop", "version": "1.0.0"}');
    const words = ['snapshot', '--output', file('package.json'), '--database-url', database.url];
    const { exitCode, stderr } = await evenkeel(words);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/package\.json is not written over, as it is no snapshot of this release/);
    expect(readFileSync(file('package.json'), 'utf8')).toBe('{"name": "shop", "version": "1.0.0"}');
  });

  test('a folder that is not there', async () => {
    const words = ['snapshot', '--output', file('gone/x.json'), '--sample', '0', '--database-url', database.url];
    const { exitCode, stderr } = await evenkeel(words);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/cannot be written to .*gone\/x\.json \(ENOENT\)\./);
    expect(existsSync(file('gone'))).toBe(false);
  });
});

describe('wrong use', () => {
  const url = 'postgresql://me:hunter2@127.0.0.1:1/shop';

  test.each([
    [['snapshot'], /No database was given: snapshot needs --database-url/],
    [['snapshot', '--database-url', url, '--output', 'x.sql'], /--output takes a name that ends in \.json/],
    [
      ['snapshot', '--database-url', url, '--sample', 'soon'],
      /--sample takes a number of seconds up to 86400, not soon/,
    ],
    [['snapshot', '--database-url', url, '--sample', '-1'], /--sample takes a number of seconds/],
    [['snapshot', '--database-url', url, '--output', '-'], /No server answers at 127\.0\.0\.1:1\/shop/],
  ])('%j', async (words, message) => {
    const { exitCode, stderr } = await evenkeel(words);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('hunter2');
  });

  test.each([
    ['missing.json', null, /The snapshot .*missing\.json cannot be read\./],
    ['broken.json', '{"version": 1,', /broken\.json is not JSON: /],
    ['other.json', '{"compilerOptions": {}}', /other\.json is no snapshot/],
    [
      'newer.json',
      '{"version": 3, "catalog": {}}',
      /is a snapshot of version 3, and this Evenkeel reads up to version 1/,
    ],
  ])('--schema %s', async (name, content, message) => {
    if (content !== null) writeFileSync(file(name), content);
    writeFileSync(file('a.sql'), 'SELECT 1;');
    for (const command of ['check', 'explain', 'plan']) {
      const { exitCode, stderr } = await evenkeel([command, file('a.sql'), '--schema', file(name)]);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(message);
    }
  });
});
