import type pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replayWatchedRun } from '../../src/api/replay-run.ts';
import { watchRun } from '../../src/api/watch-run.ts';
import type { RunEvent } from '../../src/model/run-event.ts';
import type { WatchState } from '../../src/model/watch-state.ts';
import { watchFrameJson } from '../../src/report/watch-json.ts';
import { watchVerdict } from '../../src/report/watch-verdict.ts';
import { runProgram } from '../cli/run-program.ts';
import { ownValidator } from '../report/schema-validators.ts';
import { migration, plan, transactionStep } from '../run/plan-fixture.ts';
import { createOrders, run, startRun, until } from '../run/run-support.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
let client: pg.Client;
beforeEach(async () => {
  database = await createTestDatabase(18);
  client = await database.client();
  await createOrders(client, 50);
});
afterEach(() => database.drop());

const validFrame = ownValidator('watch-frame');
const complaints = (state: WatchState): readonly string[] => validFrame(JSON.parse(watchFrameJson(state)));

const addColumn = plan(
  migration('0001_column', [
    transactionStep('01-add', 'ALTER TABLE orders ADD COLUMN extra int', { locks: ['public.orders ACCESS EXCLUSIVE'] }),
    transactionStep('02-table', 'CREATE TABLE later (id int)'),
  ]),
);

async function replayed(
  more: { readonly run?: string; readonly pauseAtMostMs?: number } = {},
): Promise<{ readonly states: readonly WatchState[]; readonly events: readonly RunEvent[] }> {
  const states: WatchState[] = [];
  const events: RunEvent[] = [];
  await replayWatchedRun({
    databaseUrl: database.url,
    run: null,
    pauseAtMostMs: 0,
    signal: new AbortController().signal,
    ...more,
    onLook: ({ state, newEvents }) => {
      states.push(state);
      events.push(...newEvents);
    },
  });
  return { states, events };
}

test('a run is told once more, event by event, with the verdict of each moment; every frame is of the published shape', async () => {
  const reader = await database.client();
  await reader.query("SET application_name = 'report'; BEGIN; SELECT FROM orders");
  await client.query('SELECT pg_sleep(0.6)');
  const started = startRun(database, addColumn);
  await started.next('lock:wait');
  const live: WatchState[] = [];
  const watching = watchRun({
    databaseUrl: database.url,
    run: null,
    everyMs: 20,
    signal: new AbortController().signal,
    onLook: ({ state }) => live.push(state),
  });
  await until(() => live.some(({ lettingGo }) => lettingGo !== null));
  await reader.query('COMMIT');
  expect((await started.result).outcome).toBe('completed');
  await watching;
  for (const state of live) expect(complaints(state)).toEqual([]);

  const { states, events } = await replayed();
  expect(events).toEqual(JSON.parse(JSON.stringify(started.events.filter(({ type }) => !type.endsWith(':progress')))));
  for (const state of states) expect(complaints(state)).toEqual([]);
  const waited = states.find(({ lettingGo }) => lettingGo !== null);
  expect(waited === undefined ? '' : watchVerdict(waited).sentence).toMatch(
    /^The run waits for pid \d+ .*report.*without asking for its lock/,
  );
  expect(states.map(({ steps }) => steps.map(({ state }) => state).join(' '))).toEqual(
    expect.arrayContaining(['running pending', 'done running', 'done done']),
  );
  expect(states.at(-1)).toMatchObject({ outcome: 'completed', runner: { state: 'ended' } });
  expect(states[0]?.notes.join(' ')).toMatch(/A replay: /);
});

test('from the command line: at once where nobody looks on, by id or the last, as lines or JSON', async () => {
  const { run: id } = await run(database, addColumn);
  await client.query("UPDATE evenkeel.event SET at = at + seq * interval '1 hour'");
  const lines = await runProgram(['watch', '--replay', 'last', '--database-url', database.url]);
  expect(lines).toMatchObject({ exitCode: 0, stderr: '' });
  expect(lines.stdout).toMatch(/0001_column: applied/);
  const json = await runProgram(['watch', '--replay', id, '--format', 'json', '--database-url', database.url]);
  const objects = json.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly type: string });
  const frames = objects.filter(({ type }) => type === 'watch:frame');
  expect(frames.length).toBeGreaterThan(1);
  for (const frame of frames) expect(validFrame(frame)).toEqual([]);
  const unknown = await runProgram(['watch', '--replay', 'nobody', '--database-url', database.url]);
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toMatch(/knows no run nobody; the newest is /);
});

test('a run whose runner died ends with what is to be typed', async () => {
  await run(database, addColumn);
  await client.query(
    "UPDATE evenkeel.run SET outcome = NULL, finished_at = NULL; DELETE FROM evenkeel.event WHERE body ->> 'type' = 'run:end'",
  );
  const { states } = await replayed({ pauseAtMostMs: 1 });
  const last = states.at(-1);
  expect(last?.runner.state).toBe('gone');
  expect(last === undefined ? null : watchVerdict(last).nextCommand).toBe('evenkeel apply migrations');
});
