import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { backfillStep, gateStep, indexStep, migration, plan, transactionStep } from './plan-fixture.ts';
import { createOrders, run, until, value } from './run-support.ts';

const CHILD = fileURLToPath(new URL('kill-child.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

let folder: string;
let database: TestDatabase;
let client: pg.Client;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-kill-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  database = await createTestDatabase(18);
  client = await database.client();
  await createOrders(client, 900);
});
afterEach(() => database.drop());

interface Child {
  readonly pid: number;
  readonly ended: Promise<{ readonly signal: NodeJS.Signals | null; readonly output: string }>;
}

function startChild(given: Plan, environment: Record<string, string> = {}): Child {
  const planFile = path.join(folder, 'plan.json');
  writeFileSync(planFile, JSON.stringify(given));
  const child = spawn(process.execPath, ['--import', TSX, CHILD, database.url, planFile], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = new Promise<{ signal: NodeJS.Signals | null; output: string }>((resolve) => {
    child.once('close', (_code, signal) => resolve({ signal, output }));
  });
  return { pid: child.pid!, ended };
}

const everything = plan(
  migration(
    '0001_first',
    [
      transactionStep('01-column', 'ALTER TABLE orders ADD COLUMN extra int', {
        locks: ['public.orders ACCESS EXCLUSIVE'],
      }),
      transactionStep('02-rows', 'INSERT INTO orders (id, todo, changed) VALUES (5000, false, 1)', {
        lockClass: 'rows',
      }),
      backfillStep('03-copy', { batchRows: 300 }),
      gateStep('04-gate'),
    ],
    { tool: 'drizzle', schema: 'drizzle', table: '__drizzle_migrations', hash: 'h1', createdAtMs: 1_700_000_000_001 },
  ),
  migration('0002_second', [
    indexStep('01-index', 'CREATE UNIQUE INDEX CONCURRENTLY orders_note_idx ON orders (note)'),
    transactionStep('02-check', 'ALTER TABLE orders ADD CONSTRAINT positive CHECK (id > 0) NOT VALID', {
      locks: ['public.orders ACCESS EXCLUSIVE'],
    }),
    transactionStep('03-validate', 'ALTER TABLE orders VALIDATE CONSTRAINT positive', {
      locks: ['public.orders SHARE UPDATE EXCLUSIVE'],
      lockClass: 'scan',
      statementTimeoutMs: null,
      condition: "SELECT convalidated FROM pg_constraint WHERE conname = 'positive'",
    }),
  ]),
);

async function expectEverything(): Promise<void> {
  expect(await value(client, 'SELECT count(*)::int FROM orders WHERE changed = 1 AND NOT todo')).toBe(901);
  expect(await value(client, 'SELECT count(*)::int FROM pg_index WHERE NOT indisvalid')).toBe(0);
  expect(await value(client, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_note_idx'::regclass")).toBe(
    true,
  );
  expect(await value(client, "SELECT convalidated FROM pg_constraint WHERE conname = 'positive'")).toBe(true);
  expect(await value(client, "SELECT string_agg(state, ' ') FROM evenkeel.migration")).toBe('applied applied');
  expect(await value(client, "SELECT string_agg(DISTINCT state, ' ' ORDER BY state) FROM evenkeel.step")).toBe(
    'done passed',
  );
  expect(
    await value(client, "SELECT string_agg(hash || ' ' || created_at, ' ') FROM drizzle.__drizzle_migrations"),
  ).toBe('h1 1700000000001');
  expect((await run(database, everything)).summary).toBe('Nothing to do: every migration is applied.');
}

test('killed at every place it passes, one after another, the run still ends as an undisturbed one', async () => {
  const used = path.join(folder, 'used');
  const died = new Set<string>();
  for (;;) {
    const { signal, output } = await startChild(everything, { EVENKEEL_FAILPOINT: `@${used}:kill` }).ended;
    if (signal === null) {
      expect(output).toBe('completed');
      break;
    }
    expect(signal).toBe('SIGKILL');
    for (const name of readFileSync(used, 'utf8').trim().split('\n')) died.add(name);
  }
  for (const name of [
    '0001_first/01-column/before/strike#1',
    '0001_first/01-column/strike:before-commit#1',
    '0001_first/01-column/after/strike#1',
    '0001_first/03-copy/after/copy-batch#1',
    '0001_first/-/after/finish-migration#1',
    '0002_second/01-index/after/record-intent#1',
    '0002_second/01-index/after/build-index#1',
    '-/-/after/runner-lock#1',
    '-/-/after/record-ending#1',
  ]) {
    expect(died).toContain(name);
  }
  await expectEverything();
}, 900_000);

test('killed between the DDL and its COMMIT: neither the change nor the ledger row is there, and both come once', async () => {
  const name = '0001_first/02-rows/strike:before-commit#1';
  const { signal } = await startChild(everything, { EVENKEEL_FAILPOINT: `${name}:kill` }).ended;
  expect(signal).toBe('SIGKILL');
  await until(
    async () =>
      (await value<number>(
        client,
        "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'evenkeel:%'",
      )) === 0,
  );
  expect(await value(client, 'SELECT count(*)::int FROM orders WHERE id = 5000')).toBe(0);
  expect(await value(client, "SELECT string_agg(id, ' ') FROM evenkeel.step")).toBe('01-column');
  expect((await run(database, everything)).outcome).toBe('completed');
  await expectEverything();
});

test('killed while the index is being built: the orphan is ended, its invalid index replaced', async () => {
  const reader = await database.client();
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await reader.query('SELECT 1');
  const child = startChild(everything);
  await until(
    async () => (await value<number>(client, 'SELECT count(*)::int FROM pg_index WHERE NOT indisvalid')) === 1,
  );
  process.kill(child.pid, 'SIGKILL');
  await child.ended;
  await reader.query('COMMIT');
  const result = await run(database, everything);
  expect(result.outcome).toBe('completed');
  await expectEverything();
});
