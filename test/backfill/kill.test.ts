import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until, value } from '../run/run-support.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { startTry } from './backfill-support.ts';

const CHILD = fileURLToPath(new URL('backfill-child.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-backfill-kill-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

function child(database: TestDatabase, statement: string, environment: Record<string, string>, settings: object = {}) {
  const words = ['--import', TSX, CHILD, database.url, statement, JSON.stringify(settings)];
  const started = spawn(process.execPath, words, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  started.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve) => started.once('close', (_code, signal) => resolve({ signal, output })));
  return { pid: started.pid!, ended };
}

/** Kills run after run at the next place that no run was killed at yet, until one comes through. */
async function killedEverywhere(
  database: TestDatabase,
  statement: string,
  settings: object,
): Promise<ReadonlySet<string>> {
  const used = path.join(folder, database.name);
  for (;;) {
    const { signal, output } = await child(database, statement, { EVENKEEL_FAILPOINT: `@${used}:kill` }, settings)
      .ended;
    if (signal === null) {
      expect(output).toBe('finished');
      return new Set(readFileSync(used, 'utf8').trim().split('\n'));
    }
    expect(signal).toBe('SIGKILL');
  }
}

const DIED = (died: ReadonlySet<string>) => new Set([...died].map((name) => name.replace(/#\d+$/, '')));

describe.each([13, 18])('PostgreSQL %i', (major) => {
  let database: TestDatabase;
  let client: pg.Client;
  const open = async (sql: string): Promise<void> => {
    database = await createTestDatabase(major);
    client = await database.client();
    await client.query(sql);
  };

  test('killed at every place it passes, four workers: each row is changed exactly once', async () => {
    await open(`CREATE TABLE orders (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0, d int NOT NULL DEFAULT 1);
      INSERT INTO orders (id) SELECT generate_series(1, 1500); UPDATE orders SET d = 0 WHERE id = 700; ANALYZE orders`);
    // A row that cannot be changed takes the walk through halving and putting aside as well.
    const statement = 'UPDATE orders SET n = n + 1 / d';
    const died = await killedEverywhere(database, statement, { failureBudget: 1 });
    expect([...DIED(died)].sort()).toEqual([
      'after/batch',
      'after/books',
      'after/claim',
      'after/create',
      'after/end',
      'after/put-aside',
      'after/range',
      'before/batch',
      'before/end',
      'before/put-aside',
    ]);
    expect(died.size).toBeGreaterThan(15);
    expect(await value(client, "SELECT string_agg(DISTINCT n::text, ',') FROM orders WHERE d = 1")).toBe('1');
    expect(await value(client, 'SELECT n FROM orders WHERE d = 0')).toBe(0);
    expect(await value(client, 'SELECT sum(rows_done)::int FROM evenkeel.backfill_range')).toBe(1_499);
    expect(await value(client, 'SELECT key::text FROM evenkeel.backfill_row')).toBe('{"id": "700"}');
    await database.drop();
  }, 600_000);

  test('killed at every place of a walk by blocks: every row is as it should be', async () => {
    await open(`CREATE TABLE orders (total int, cents int);
      INSERT INTO orders SELECT i FROM generate_series(1, 3000) i; ANALYZE orders`);
    const died = await killedEverywhere(database, 'UPDATE orders SET cents = total * 100 WHERE cents IS NULL', {});
    expect(DIED(died)).toContain('after/pass');
    expect(await value(client, 'SELECT count(*)::int FROM orders WHERE cents IS DISTINCT FROM total * 100')).toBe(0);
    expect(await value(client, 'SELECT sum(rows_done)::int FROM evenkeel.backfill_range')).toBe(3_000);
    await database.drop();
  }, 600_000);

  test('killed while a statement of it goes on in the server: nobody else takes the range until that has ended', async () => {
    await open(`CREATE TABLE orders (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);
      INSERT INTO orders (id) SELECT generate_series(1, 300)`);
    await client.query(`CREATE FUNCTION slowly(n int) RETURNS int LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(0.004); RETURN n + 1; END $$`);
    const statement = 'UPDATE orders SET n = slowly(n)';
    const killed = child(database, statement, {});
    await until(
      async () =>
        (await value<number>(
          client,
          "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'WITH changed%' AND state = 'active'",
        )) > 0,
    );
    process.kill(killed.pid, 'SIGKILL');
    await killed.ended;
    expect(await startTry(database, statement, { settings: { workers: 4 } }).result).toBe('finished');
    expect(await value(client, "SELECT string_agg(DISTINCT n::text, ',') FROM orders")).toBe('1');
    await database.drop();
  });
});
