import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { watchRun } from '../../src/api/watch-run.ts';
import type { EvenkeelError } from '../../src/model/error.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { RunEvent } from '../../src/model/run-event.ts';
import type { WatchState } from '../../src/model/watch-state.ts';
import { watchVerdict } from '../../src/report/watch-verdict.ts';
import { backfillStep, gateStep, migration, plan, transactionStep } from '../run/plan-fixture.ts';
import { createOrders, run, startRun, until, value } from '../run/run-support.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
let client: pg.Client;

/** `budgetMs`: how long the run stands in the queue of the table. */
function addingColumn(budgetMs: number): Plan {
  return plan(
    migration('0001_column', [
      transactionStep('01-add', 'ALTER TABLE orders ADD COLUMN extra int', {
        locks: ['public.orders ACCESS EXCLUSIVE'],
        lockTimeoutMs: budgetMs,
        statementTimeoutMs: 60_000,
      }),
      transactionStep('02-more', 'CREATE TABLE more (id int)'),
    ]),
  );
}

const addColumn = addingColumn(100);

async function prepare(major: number): Promise<void> {
  database = await createTestDatabase(major);
  client = await database.client();
  await createOrders(client, 100);
}
afterEach(() => database.drop());

/** Watches in the background; what it saw can be waited for. */
class Watching {
  readonly states: WatchState[] = [];
  readonly events: RunEvent[] = [];
  readonly #left = new AbortController();
  readonly result: Promise<WatchState | null>;

  constructor(id: string | null = null) {
    this.result = watchRun({
      databaseUrl: database.url,
      run: id,
      everyMs: 20,
      signal: this.#left.signal,
      onLook: ({ state, newEvents }) => {
        this.states.push(state);
        this.events.push(...newEvents);
      },
    });
    this.result.catch(() => undefined);
  }

  async sees(question: (state: WatchState) => boolean): Promise<WatchState> {
    await until(() => this.states.some(question));
    return this.states.find(question) as WatchState;
  }

  leave(): void {
    this.#left.abort();
  }
}

/** A session that has read the table and does nothing since. */
async function idleReader(): Promise<pg.Client> {
  const reader = await database.client();
  await reader.query("SET application_name = 'reports'; BEGIN; SELECT FROM orders WHERE note = 'secret'");
  return reader;
}

async function ledgerIsThere(): Promise<void> {
  await until(() => value<boolean>(client, "SELECT to_regclass('evenkeel.event') IS NOT NULL"));
  await until(() => value<boolean>(client, 'SELECT EXISTS (SELECT FROM evenkeel.run)'));
}

describe.each([13, 18])('on PostgreSQL %i', (major) => {
  beforeEach(() => prepare(major));

  test('a run that lets an idle transaction go first says for whom it waits', async () => {
    const reader = await idleReader();
    await client.query('SELECT pg_sleep(0.6)');
    const started = startRun(database, addColumn);
    await started.next('lock:wait');
    const watching = new Watching();
    const state = await watching.sees(({ lettingGo }) => lettingGo !== null);
    expect(watchVerdict(state)).toMatchObject({
      tone: 'attention',
      sentence: expect.stringMatching(
        /^The run waits for pid \d+ \(reports, idle in transaction for .*nobody waits behind it\.$/,
      ),
    });
    expect(state.lettingGo?.blockers).toMatchObject([{ relation: 'public.orders', mode: 'ACCESS SHARE' }]);
    expect(JSON.stringify(watching.states)).not.toContain('secret');
    expect(state.steps.map((step) => step.state)).toEqual(['running', 'pending']);
    await reader.query('COMMIT');
    const last = await watching.result;
    expect((await started.result).outcome).toBe('completed');
    expect(last).toMatchObject({ outcome: 'completed', runner: { state: 'ended' }, waits: { waiters: 0 } });
    expect(last?.steps.map((step) => step.state)).toEqual(['done', 'done']);
    const stored = watching.events.map(({ seq, type }) => [seq, type]);
    expect(stored).toEqual(started.events.map(({ seq, type }) => [seq, type]));
  });

  test('a queue behind an ALTER of the run is counted and shown below it', async () => {
    const reader = await idleReader();
    const started = startRun(database, addingColumn(20_000), { limits: { oldHolderMs: 60_000 } });
    await ledgerIsThere();
    const watching = new Watching();
    const readers = await Promise.all([1, 2, 3].map(() => database.client()));
    await watching.sees(({ waits }) => waits.runWaits !== null && waits.runWaits.waitedMs > 30);
    const answers = readers.map((one, at) => one.query(`SELECT count(*) FROM orders WHERE id = ${at}`));
    const state = await watching.sees(({ waits }) => waits.behindRun.sessions === 3);
    expect(watchVerdict(state).sentence).toMatch(
      /^3 sessions wait behind the run on public\.orders, the longest for .*; it withdraws in .*\.$/,
    );
    expect(state.waits.roots).toMatchObject([
      {
        who: { applicationName: 'reports', state: 'idle in transaction' },
        holds: { mode: 'ACCESS SHARE', on: 'public.orders' },
        children: [
          {
            isRun: true,
            waits: { mode: 'ACCESS EXCLUSIVE', on: 'public.orders', behind: 'holder' },
            children: [
              {
                count: 3,
                waits: { mode: 'ACCESS SHARE', behind: 'queue' },
                who: { query: 'SELECT count(*) FROM orders WHERE id = ?' },
              },
            ],
          },
        ],
      },
    ]);
    expect(state.budget.limitMs).toBe(20_000);
    await reader.query('COMMIT');
    await Promise.all(answers);
    await started.result;
    expect((await watching.result)?.exposure.maxWaitersSeen).toBeGreaterThanOrEqual(3);
  });

  test('a backfill that waits for a row tells how far it is', async () => {
    const writer = await database.client();
    await writer.query('BEGIN; UPDATE orders SET note = NULL WHERE id = 60');
    const started = startRun(
      database,
      plan(migration('0002_fill', [backfillStep('01-fill', { batchRows: 10, lockTimeoutMs: 50 })])),
    );
    await ledgerIsThere();
    const watching = new Watching();
    const state = await watching.sees(({ progress }) => (progress?.done ?? 0) >= 50);
    expect(state.progress).toMatchObject({ unit: 'row', total: 100, doing: 'changing rows of public.orders' });
    await writer.query('COMMIT');
    await started.result;
    await watching.result;
  });
});

describe('the end', () => {
  beforeEach(() => prepare(18));

  test('of a run that is over is told at once, and an older one by its id', async () => {
    const first = await run(database, addColumn);
    const gated = plan(migration('0002_gate', [gateStep('01-gate')]));
    const second = await run(database, gated, { through: 'migrate' });
    expect(second.outcome).toBe('gated');
    const newest = new Watching();
    expect(await newest.result).toMatchObject({ run: second.run, outcome: 'gated', nextCommand: second.nextCommand });
    const older = new Watching(first.run);
    expect(await older.result).toMatchObject({ run: first.run, outcome: 'completed', exposure: first.exposure });
    expect(older.events.map(({ type }) => type)).toEqual(first.events.map(({ type }) => type));
  });

  test('of a dead runner is seen: nobody holds its lock', async () => {
    const { run: id } = await run(database, addColumn);
    await client.query(`UPDATE evenkeel.run SET finished_at = NULL, outcome = NULL;
      UPDATE evenkeel.runner SET heartbeat_at = now() - interval '40 s'; DELETE FROM evenkeel.event WHERE seq > 5`);
    const last = await new Watching(id).result;
    expect(last?.runner.state).toBe('gone');
    const verdict = watchVerdict(last as WatchState);
    expect(verdict.sentence).toMatch(/^The runner died: .*its last sign of life was 40(\.\d)? s ago/);
    expect(verdict.nextCommand).toContain('evenkeel apply');
  });

  test('of a runner that is silent is not claimed', async () => {
    await run(database, addColumn);
    const holder = await database.client();
    await holder.query('SELECT pg_advisory_lock(1163283276, 1)');
    await client.query('UPDATE evenkeel.run SET finished_at = NULL, outcome = NULL');
    await client.query("UPDATE evenkeel.runner SET heartbeat_at = now() - interval '40 s', pid = $1", [
      await value<number>(holder, 'SELECT pg_backend_pid()'),
    ]);
    const watching = new Watching();
    const state = await watching.sees(({ runner }) => runner.state === 'silent');
    expect(watchVerdict(state)).toMatchObject({
      sentence: expect.stringMatching(/^The runner has given no sign of life for 40/),
      nextCommand: expect.stringContaining('pg_terminate_backend'),
    });
    watching.leave();
    expect((await watching.result)?.outcome).toBeNull();
  });

  test.each([
    ['without a ledger', '', null, /has no ledger/, /evenkeel apply/],
    ['without a run', 'DELETE FROM evenkeel.run', null, /knows no run yet/, /evenkeel apply/],
    ['without that run', 'SELECT 1', 'nonsense', /knows no run nonsense; the newest is /, /evenkeel watch --run /],
  ])('%s is an error that says what to do', async (_name, sql, id, message, next) => {
    if (sql !== '') {
      await run(database, addColumn);
      await client.query(sql);
    }
    const error = await new Watching(id).result.then(
      () => expect.fail('nothing was thrown'),
      (thrown: EvenkeelError) => thrown,
    );
    expect(error.message).toMatch(message);
    expect(error.nextCommand).toMatch(next);
    expect(error.exitCode).toBe(2);
  });

  test('a role that may not read the ledger is told what to grant', async () => {
    await run(database, addColumn);
    const role = `r${database.name}`;
    await client.query(`CREATE ROLE ${role} LOGIN`);
    const url = database.url.replace('postgres@', `${role}@`);
    const watching = watchRun({
      databaseUrl: url,
      run: null,
      everyMs: 20,
      signal: new AbortController().signal,
      onLook: () => undefined,
    });
    await expect(watching).rejects.toThrow(/may not read what has been applied/);
    await client.query(`DROP ROLE ${role}`);
  });
});
