import { spawn } from 'node:child_process';
import path from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { soundSettings } from '../../src/backfill/sound-settings.ts';
import { type BackfillFlags, settingsOf } from '../../src/cli/backfill-settings.ts';
import { DEFAULT_BACKFILL_SETTINGS } from '../../src/model/backfill.ts';
import { runProgram } from '../cli/run-program.ts';
import { until, value } from '../run/run-support.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { NO_SIGNALS } from './backfill-support.ts';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase(18);
  client = await database.client();
  await client.query(`CREATE TABLE orders (id int PRIMARY KEY, n int NOT NULL DEFAULT 0, note text, number int);
    INSERT INTO orders (id, note) SELECT i, i::text FROM generate_series(1, 20000) i`);
});
afterAll(() => database.drop());

const OFF = Object.keys(NO_SIGNALS).flatMap((name) => ['--limit', `${name}=off`]);

const evenkeel = (...words: string[]) =>
  runProgram(['backfill', ...words], { env: { DATABASE_URL: database.url, NO_COLOR: '1' } });

const NOTES = 'UPDATE orders SET number = note::int WHERE number IS NULL';

test('from the first word to the verified end, in text', async () => {
  const { exitCode, stdout, stderr } = await evenkeel(NOTES, '--workers', '2', '--duty-cycle', '1', ...OFF);
  expect(stderr).toBe('');
  expect(stdout.replaceAll(/\d\d:\d\d:\d\d/g, 'HH:MM:SS')).toMatch(
    /^HH:MM:SS backfill 1: UPDATE orders SET number = note::int WHERE number IS NULL\n +walks along \(id\): .*\nHH:MM:SS by its first batch \([\d,]+ rows in .*\): about .* of WAL, .* for vacuum\nBackfill 1 is finished: 20,000 rows of public\.orders changed\.\nNext: evenkeel backfill verify 1\n$/,
  );
  expect(exitCode).toBe(0);
  expect(await evenkeel('verify', '1')).toMatchObject({
    exitCode: 0,
    stdout: 'No row of public.orders matches any more (1 range counted).\n',
  });
  await client.query('UPDATE orders SET number = NULL WHERE id = 7');
  expect(await evenkeel('verify', '1')).toMatchObject({
    exitCode: 1,
    stdout: `1 row of public.orders still matches (1 range counted).\nNext: evenkeel backfill "${NOTES}" --again\n`,
  });
  const status = await evenkeel('status', '1');
  expect(status.exitCode).toBe(0);
  expect(status.stdout).toMatch(/^Backfill 1 of 127\.0\.0\.1:\d+\/\w+: finished\n/);
  expect(status.stdout).toMatch(/verified .*: 1 row still matched/);
  expect(status.stdout).toMatch(/postgres: finished \(was running\)/);
  expect((await evenkeel('list')).stdout).toMatch(/^ +1 {2}finished +100 %, 20,000 rows {2}UPDATE orders SET number/);
});

test('Ctrl+C ends it after the batches at hand with 3; resume finishes it; JSON is a line an event', async () => {
  const statement = 'UPDATE orders SET n = n + 1';
  const words = [statement, '--duty-cycle', '0.02', '--batch', '5ms', '--format', 'json', ...OFF];
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), path.resolve('src/cli/main.ts'), 'backfill', ...words],
    { env: { ...process.env, DATABASE_URL: database.url } },
  );
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await until(async () => (await value<number>(client, 'SELECT sum(n)::int FROM orders')) > 0);
  child.kill('SIGINT');
  expect(await ended).toBe(3);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({ type: 'backfill:start', backfill: 2, joined: false });
  expect(events.at(-1)).toMatchObject({
    type: 'backfill:end',
    outcome: 'stopped',
    summary: expect.stringMatching(
      /It was asked to stop\. So far [\d,]+ rows of public\.orders changed; the next run goes on behind them/,
    ),
    nextCommand: 'evenkeel backfill resume 2',
  });
  expect((await evenkeel('status', '2')).exitCode).toBe(3);
  expect((await evenkeel('resume', '2', '--duty-cycle', '1', '--batch', '100ms')).exitCode).toBe(0);
  expect(await value(client, "SELECT string_agg(DISTINCT n::text, ',') FROM orders")).toBe('1');
  expect((await evenkeel('status', '2', '--wait', '--format', 'json')).stdout).toMatch(
    /^\{"kind":"backfill","version":1,/,
  );
});

test('pause, retune and cancel, by words', async () => {
  await client.query(
    "INSERT INTO evenkeel.backfill (statement, statement_hash, definition, walk, settings) SELECT 'x', 'x', definition, walk, settings FROM evenkeel.backfill WHERE id = 1",
  );
  expect(await evenkeel('pause', '3')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^Backfill 3 is paused;.*\nNext: evenkeel backfill resume 3\n$/),
  });
  expect(
    (
      await evenkeel(
        'retune',
        '3',
        '--workers',
        '3',
        '--failure-budget',
        '10',
        '--limit',
        'physical-lag=8MB',
        'old-snapshot=2min',
      )
    ).stdout,
  ).toMatch(/^Backfill 3: workers 3, .* failure budget 10;/);
  expect(
    await value(
      client,
      "SELECT settings->'limits'->>'physical-lag' || ' ' || (settings->'limits'->>'old-snapshot') FROM evenkeel.backfill WHERE id = 3",
    ),
  ).toBe('8388608 120000');
  expect((await evenkeel('cancel', '3')).stdout).toBe('Backfill 3 is cancelled; 0 rows were changed and stay so.\n');
  expect(await evenkeel('status', '3')).toMatchObject({ exitCode: 1 });
});

test.each<[BackfillFlags, RegExp]>([
  [{ workers: '0' }, /--workers takes a whole number from 1 to 64, not 0/],
  [{ workers: '1.5' }, /--workers takes a whole number/],
  [{ dutyCycle: '2' }, /--duty-cycle takes a number from 0\.01 to 1, not 2/],
  [{ batch: '5' }, /--batch takes a time such as 100ms/],
  [{ failureBudget: '-1' }, /--failure-budget takes a whole number/],
  [{ limit: ['lag=5'] }, /names none of physical-lag, physical-delay/],
  [{ limit: ['physical-lag=5'] }, /--limit physical-lag takes a limit such as 32MB, or off, not 5/],
  [{ limit: ['old-snapshot=5MB'] }, /--limit old-snapshot takes a limit such as 5s/],
  [{ holdUrl: 'ftp://x' }, /--hold-url takes an address/],
])('%j makes no sense', (flags, message) => {
  expect(() => settingsOf(flags)).toThrow(message);
});

test('flags become settings; what they do not name stays', () => {
  expect(settingsOf({})).toEqual({});
  expect(settingsOf({ workers: '4', batch: '1s', limit: ['wal-rate=20MB', 'dead-rows=off'], holdWhen: '' })).toEqual({
    workers: 4,
    batchTargetMs: 1_000,
    limits: { 'wal-rate': 20 * 1024 ** 2, 'dead-rows': null },
    probeSql: null,
  });
});

test('what psql writes into the settings is believed only where it makes sense', () => {
  expect(
    soundSettings('{"workers": "four", "dutyCycle": 1, "limits": {"a": "b", "c": null, "d": 5}, "probeSql": 7}'),
  ).toEqual({
    ...DEFAULT_BACKFILL_SETTINGS,
    dutyCycle: 1,
    limits: { c: null, d: 5 },
  });
});

test.each([
  [[], 2, /No statement was given/],
  [['SELECT 1'], 1, /neither an UPDATE nor a DELETE/],
  [['UPDATE orders SET'], 2, /statement:1:\d+: .*syntax error/i],
  [['status', 'one'], 2, /named by its number, not by one/],
  [['status', '99'], 2, /There is no backfill 99 in this database/],
  [['retune', '1'], 2, /retune was given no setting/],
])('%j: exit code %i, with the reason and the next command', async (words, exitCode, message) => {
  const ended = await evenkeel(...words);
  expect(ended.stderr).toMatch(message);
  expect(ended.stderr).toMatch(/\nNext: \S/);
  expect(ended.exitCode).toBe(exitCode);
});
