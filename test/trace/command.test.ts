import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { richSchema } from '../../measure/fuzz/rich-schema.ts';
import { checkMigrations, explainFiles } from '../../src/api/check-migrations.ts';
import { snapshotDatabase } from '../../src/api/snapshot-database.ts';
import type { CheckReport, ExplainReport } from '../../src/model/report.ts';
import { renderReport } from '../../src/report/reporters.ts';
import { runProgram } from '../cli/run-program.ts';
import { ownValidator } from '../report/schema-validators.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const scratch = scratchFolder('trace');
const { write } = scratch;

function verdicts(report: CheckReport | ExplainReport): readonly (string | undefined)[] {
  return report.files.flatMap(({ statements }) => statements.map(({ traced }) => traced?.verdict));
}

describe('the program', () => {
  test('explain --trace shows what a server did, in text and in valid JSON', async () => {
    const words = ['explain', 'examples/shop/sql/0005_order_customer_fk.sql', '--trace', '--server-version', '16'];
    const schema = ['--schema', 'examples/shop/sql/0000_create_tables.sql'];
    const text = await runProgram([...words, ...schema]);
    expect(text).toMatchObject({ exitCode: 0, stderr: '' });
    expect(text.stdout).toMatch(/^ {4}traced {4}as derived$/m);
    expect(text.stdout).toContain('Traced on PostgreSQL 16.14: 1 statement, 1 as derived.');
    const json = await runProgram([...words, ...schema, '--format', 'json']);
    const report = JSON.parse(json.stdout);
    expect(ownValidator('explain')(report)).toEqual([]);
    expect(report.trace.summary).toEqual({ asDerived: 1, wrong: 0, settled: 0, notCompared: 0 });
    expect(report.files[0].statements[0].traced).toMatchObject({
      verdict: 'as-derived',
      locks: [
        { relation: 'public.customers', mode: 'SHARE ROW EXCLUSIVE' },
        { relation: 'public.orders', mode: 'SHARE ROW EXCLUSIVE' },
      ],
    });
  });

  test('check --trace tells what facts could not, and leaves findings as they are', async () => {
    const file = write(
      '0001_block.sql',
      `CREATE TABLE a (id int); DO $$ BEGIN EXECUTE 'ALTER TABLE ' || 'a' || ' ADD b int'; END $$;`,
    );
    const text = await runProgram(['check', file, '--trace']);
    expect(text.stdout).toContain('settles what was not known:');
    expect(text.stdout).toMatch(/ACCESS EXCLUSIVE on public\.a/);
    const json = await runProgram(['check', file, '--trace', '--format', 'json']);
    const report = JSON.parse(json.stdout);
    expect(ownValidator('check')(report)).toEqual([]);
    expect(report.trace.statements.map((one: { verdict: string }) => one.verdict)).toEqual(['as-derived', 'settled']);
    const github = await runProgram(['check', file, '--trace', '--format', 'github']);
    expect(github.stdout).not.toContain('Traced on');
    expect(github.stderr).toContain('Traced on PostgreSQL 18.4: 2 statements, 1 as derived, 1 settled.');
    const plain = await runProgram(['check', file, '--format', 'json']);
    expect(report.findings).toEqual(JSON.parse(plain.stdout).findings);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s stops the server and removes its files', async (signal) => {
    const temporary = mkdtempSync(path.join(scratch.path, 'tmp-'));
    chmodSync(temporary, 0o755);
    const file = write('0002_sleep.sql', 'SELECT pg_sleep(100)');
    const child = spawn(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), 'src/cli/main.ts', 'explain', file, '--trace'],
      { env: { ...process.env, TMPDIR: temporary } },
    );
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const pid = await serverIn(temporary);
    child.kill(signal);
    expect(await ended).toBe(3);
    expect(stderr).toContain('The trace was stopped before its end; nothing of it is left.');
    expect(readdirSync(temporary).filter((name) => name.startsWith('evenkeel-server-'))).toEqual([]);
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});

/** The process of the server that is ready in a folder; waits for it. */
async function serverIn(temporary: string): Promise<number> {
  for (;;) {
    for (const name of readdirSync(temporary).filter((one) => one.startsWith('evenkeel-server-'))) {
      const pidFile = path.join(temporary, name, 'data', 'postmaster.pid');
      const lines = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').split('\n') : [];
      if (lines[7]?.trim() === 'ready') return Number(lines[0]);
    }
    await sleep(20);
  }
}

describe.each([13, 18])('on the schema of a live PostgreSQL %i', (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(major);
    await (await database.client()).query(richSchema(major));
  });
  afterAll(() => database.drop());

  const SQL = `
    ALTER TABLE orders ADD COLUMN fresh uuid DEFAULT gen_random_uuid();
    ALTER TABLE events ADD COLUMN note text;
    ALTER TABLE "Order Notes" ADD FOREIGN KEY ("Id") REFERENCES orders (id);
    CREATE INDEX CONCURRENTLY customers_nick_idx ON customers (nick);
    ALTER TABLE customers ALTER COLUMN email TYPE text;
    REFRESH MATERIALIZED VIEW CONCURRENTLY totals;
    ALTER TABLE areas ATTACH PARTITION app.areas_east FOR VALUES IN ('e');
    DROP VIEW open_orders;`;

  test('a snapshot is enough', async () => {
    const file = path.join(scratch.path, `snapshot-${major}.json`);
    await snapshotDatabase({ databaseUrl: database.url, output: file, sampleMs: 0 });
    const report = await explainFiles({ paths: [write(`x-${major}.sql`, SQL)], schemaFile: file, trace: true });
    expect(verdicts(report)).toEqual(Array.from({ length: 8 }, () => 'as-derived'));
    expect(report.files[0]?.statements.at(-1)?.traced?.error?.sqlstate).toBe('2BP01');
    expect(report.trace?.notes.join('\n')).toContain('attributes of type public.pair');
    expect(report.trace?.notes.join('\n')).not.toContain('refused');
    expect(ownValidator('explain')(JSON.parse(renderReport(report, 'json').output))).toEqual([]);
  });

  test('so is the database itself', async () => {
    const report = await checkMigrations({
      paths: [write(`y-${major}.sql`, SQL)],
      databaseUrl: database.url,
      trace: true,
    });
    expect(verdicts(report)).toEqual(Array.from({ length: 8 }, () => 'as-derived'));
  });
});

test('a wrong fact makes the exit code 1 and asks for a report of it', async () => {
  const report = await explainFiles({ paths: [write('z.sql', 'CREATE TABLE a (id int)')] });
  const wrong: ExplainReport = {
    ...report,
    files: report.files.map((file) => ({
      ...file,
      statements: file.statements.map((statement) => ({
        ...statement,
        traced: {
          verdict: 'wrong',
          error: null,
          transaction: 'any',
          locks: [],
          rewrites: [],
          scans: [],
          indexBuilds: [],
          disagreements: ['locks: measured {}, derived {"public.a":"SHARE"}'],
          notes: [],
        },
      })),
    })),
    trace: { serverVersion: '18.4', schema: 'z.sql', notes: [] },
  };
  expect(renderReport(report, 'text').exitCode).toBe(0);
  const { output, exitCode } = renderReport(wrong, 'text');
  expect(exitCode).toBe(1);
  expect(output).toContain('not as derived: locks: measured {}, derived {"public.a":"SHARE"}');
  expect(output).toContain('Evenkeel is wrong here: please report it');
});
