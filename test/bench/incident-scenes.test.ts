import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { isFull } from '../../bench/incident/bench-scenes.ts';
import type { IncidentResult } from '../../bench/incident/run-incident.ts';
import type { Scene } from '../../bench/incident/scene.ts';
import { judgeScene, longestStallMs } from '../../bench/incident/scene-promises.ts';
import { sceneTimes } from '../../bench/incident/scene-times.ts';
import { autovacuum } from '../../bench/incident/scenes/autovacuum.ts';
import { hot } from '../../bench/incident/scenes/hot.ts';
import { idleInTransaction } from '../../bench/incident/scenes/idle-in-transaction.ts';
import { pgDump } from '../../bench/incident/scenes/pg-dump.ts';
import { pgbouncer } from '../../bench/incident/scenes/pgbouncer.ts';
import { report } from '../../bench/incident/scenes/report.ts';
import { returningReport } from '../../bench/incident/scenes/returning-report.ts';
import { chosenScenes, VARIANTS } from '../../bench/incident/scenes.ts';
import { OrderConnection } from '../../bench/load/order-connection.ts';
import { type MeasuredScenes, scenesSection } from '../../bench/report/scenes-section.ts';
import { startPostgresServer } from '../../src/server/postgres-server.ts';
import { startPgbouncer } from '../support/start-pgbouncer.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

/** A run whose seconds had these longest latencies. */
function result(strategy: string, maxima: readonly number[], over: Partial<IncidentResult> = {}): IncidentResult {
  const baseline = strategy === 'baseline';
  return {
    strategy,
    load: {
      ratePerSecond: 10,
      scheduled: 10 * maxima.length,
      answered: 10 * maxima.length,
      failed: 0,
      failures: { expiredInQueue: 0, lateAnswer: 0, unanswered: 0, error: 0 },
      p50Ms: 1,
      p99Ms: 4,
      p999Ms: 9,
      maxMs: Math.max(...maxima),
      degradedSeconds: 0,
      peakQueue: 0,
      generatorLagMs: 2,
      firstError: null,
      seconds: maxima.map((maxMs, second) => ({ second, scheduled: 10, failed: 0, p99Ms: 4, maxMs })),
    },
    peakWaiting: 0,
    reportStartedMs: 1000,
    reportEndedMs: 5000,
    migrationStartedMs: baseline ? null : 3000,
    columnThereMs: baseline ? null : 5600,
    strikes: baseline ? [] : [{ fromMs: 5550, untilMs: 5560 }],
    hurt: null,
    outcome: baseline ? null : { attempts: 1, strikes: [], finished: true, note: null },
    ...over,
  };
}

const BASELINE = result('baseline', [10, 20, 10, 10, 10, 10, 10, 10]);

describe('which scenes', () => {
  test('all means every variant; the report keeps its own section', () => {
    expect(chosenScenes('all').map(({ id }) => id)).toEqual([
      'idle-in-transaction',
      'autovacuum',
      'pg-dump',
      'hot',
      'pgbouncer',
      'returning-report',
    ]);
    expect(chosenScenes('report')).toEqual([report]);
    expect(chosenScenes('hot')).toEqual([hot]);
    expect(() => chosenScenes('hto')).toThrow(/--scene takes report, idle-in-transaction, .* or all, not "hto"/);
  });

  test('an obstacle that passes leaves time behind it, one that stays does not', () => {
    expect(sceneTimes(pgDump, 24_000)).toMatchObject({ reportLastsMs: 13_400, migrationStartsMs: 3000 });
    expect(sceneTimes(pgDump, 10_000)).toMatchObject({ reportLastsMs: 5000, lastsMs: 10_000 });
    expect(sceneTimes(hot, 24_000)).toMatchObject({ reportLastsMs: 23_000 });
  });
});

describe('what is promised in a scene', () => {
  test('only seconds around a strike count as a stall, with a neighbour that is close', () => {
    expect(longestStallMs(result('evenkeel', [900, 0, 0, 0, 800, 60, 70, 900]))).toBe(70);
    const early = [{ fromMs: 5100, untilMs: 5200 }];
    expect(longestStallMs(result('evenkeel', [900, 0, 0, 0, 800, 60, 70, 900], { strikes: early }))).toBe(800);
    expect(longestStallMs(BASELINE)).toBe(0);
  });

  test('round n is held against the baseline of round n', () => {
    const good = [BASELINE, result('evenkeel', [0, 0, 0, 0, 0, 120, 10, 500])];
    expect(judgeScene(hot, good).map(({ kept, worst }) => [kept, worst])).toEqual([
      [true, '0 failed'],
      [true, 'in 1 of 1 rounds'],
      [true, '100 ms longer'],
      [true, 'none'],
    ]);
    const bad = result('evenkeel', [0, 0, 0, 0, 0, 121], {
      columnThereMs: null,
      hurt: 'terminating connection',
    });
    const failing = { ...bad, load: { ...bad.load, failed: 2 } };
    expect(judgeScene(hot, [...good, failing, BASELINE])).toMatchObject([
      { kept: false, worst: '2 failed' },
      { kept: false, worst: 'in 1 of 2 rounds' },
      { kept: false, worst: '101 ms longer' },
      { kept: false, worst: 'terminating connection' },
    ]);
  });

  test('a column that comes after the load came too late', () => {
    const late = result('evenkeel', [1, 1, 1, 1, 1, 1], { columnThereMs: 6001 });
    expect(judgeScene(hot, [BASELINE, late])[1]).toMatchObject({ kept: false, worst: 'in 0 of 1 rounds' });
  });

  test('an autovacuum gives way, so nothing is claimed of its errors', () => {
    const sentences = (scene: Scene) =>
      judgeScene(scene, [BASELINE, result('evenkeel', [1])]).map((one) => one.sentence);
    expect(sentences(autovacuum)).toHaveLength(3);
    expect(sentences(hot).at(-1)).toBe('whoever stood in the way met no error');
  });

  test('without a baseline nothing is claimed of stalls, without Evenkeel nothing at all', () => {
    expect(judgeScene(hot, [result('evenkeel', [1])])[2]).toMatchObject({
      kept: false,
      worst: 'there was no baseline',
    });
    expect(judgeScene(hot, [BASELINE, result('naive', [1])])).toEqual([]);
  });
});

describe('the section of the documentation', () => {
  const scene = {
    id: 'hot',
    name: 'A hot table',
    sentence: 'Traffic without a gap.',
    bystanders: true,
    stays: true,
    cannotRun: null,
    obstacleLastsMs: 23_000,
    migrationStartsMs: 3000,
    results: [BASELINE, result('evenkeel', [0, 0, 0, 0, 0, 12])],
  };
  const measured: MeasuredScenes = {
    setting: { rounds: 3, seconds: 24, rate: 1500, strategies: ['naive', 'timeout-backoff', 'evenkeel'] },
    serverVersion: '18.4',
    cpus: 2,
    nodeVersion: '20.20.2',
    orders: 500_000,
    scenes: VARIANTS.map(({ id }) => ({ ...scene, id })),
  };
  const contenders = [
    { id: 'baseline', name: 'baseline: no migration' },
    { id: 'naive', name: 'no timeout (naive)' },
    { id: 'evenkeel', name: 'Evenkeel' },
  ];

  test('shows who was measured, and says why a scene is missing', () => {
    const missing = { ...scene, id: 'pgbouncer', cannotRun: 'PgBouncer is not installed', results: [] };
    const text = scenesSection({ ...measured, scenes: [scene, missing] }, contenders);
    expect(text).toContain('| Evenkeel | 0 | 4.0 ms | 12 ms | 12 ms | 0 | 2.6 s | 1 |');
    expect(text).toContain('| baseline: no migration | 0 | 4.0 ms | 20 ms | - | 0 | - | - |');
    expect(text).not.toContain('naive');
    expect(text).toContain('Not measured here: PgBouncer is not installed.');
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('is written to the documentation by a full run only', () => {
    expect(isFull(measured)).toBe(true);
    expect(isFull({ ...measured, setting: { ...measured.setting, rounds: 2 } })).toBe(false);
    expect(isFull({ ...measured, setting: { ...measured.setting, rate: 100 } })).toBe(false);
    expect(isFull({ ...measured, setting: { ...measured.setting, strategies: ['evenkeel'] } })).toBe(false);
    expect(isFull({ ...measured, scenes: measured.scenes.slice(1) })).toBe(false);
    const lacking = measured.scenes.map((one) => ({ ...one, cannotRun: 'no' }));
    expect(isFull({ ...measured, scenes: lacking })).toBe(false);
  });
});

describe('what stands in the way', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase(18);
    client = await database.client();
    await client.query(await readFile('examples/incident/schema.sql', 'utf8'));
    await client.query(`INSERT INTO orders (id, status, total_cents, created_at, updated_at)
      SELECT n, 'new', n, now(), now() FROM generate_series(1, 2000) AS n`);
  });
  afterAll(() => database.drop());

  /** Sessions of others with a lock on the table. */
  async function holders(): Promise<readonly string[]> {
    const { rows } = await client.query<{ name: string }>(`
      SELECT DISTINCT application_name AS name FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE relation = 'orders'::regclass AND pid <> pg_backend_pid()`);
    return rows.map(({ name }) => name);
  }

  async function endHolders(): Promise<void> {
    await client.query(`SELECT pg_terminate_backend(pid) FROM pg_locks
      WHERE relation = 'orders'::regclass AND pid <> pg_backend_pid()`);
    await until((names) => names.length === 0);
  }

  async function until(is: (names: readonly string[]) => boolean): Promise<void> {
    while (!is(await holders())) await sleep(10);
  }

  const start = (scene: Scene, lastsMs: number, applicationUrl = database.url) =>
    scene.start({ databaseUrl: database.url, applicationUrl, lastsMs, signal: new AbortController().signal });

  test.each([
    [report, 'monthly-revenue-report'],
    [idleInTransaction, 'forgotten-console'],
    [pgDump, 'pg_dump'],
    [hot, 'shop-checkout'],
    [returningReport, 'dashboard-report'],
  ])('$id holds the table, and to be cancelled does not hurt', async (scene, name) => {
    const obstacle = await start(scene, 60_000);
    await until((names) => names.includes(name));
    await obstacle.cancel();
    expect(obstacle.hurt).toBe(null);
    await endHolders();
  });

  test.each([report, idleInTransaction, pgDump, hot, returningReport])('$id goes by itself', async (scene) => {
    const obstacle = await start(scene, 300);
    await obstacle.ended;
    await until((names) => names.length === 0);
    expect(obstacle.hurt).toBe(null);
  });

  test.each([report, idleInTransaction, pgDump, hot])('$id tells when somebody has ended it', async (scene) => {
    const obstacle = await start(scene, 60_000);
    await until((names) => names.length > 0);
    await endHolders();
    await obstacle.ended;
    expect(obstacle.hurt).toMatch(/terminat|connection/i);
  });

  test.skipIf(pgbouncer.cannotRun() !== null)('pgbouncer: the report goes through the pooler', async () => {
    const bouncer = await startPgbouncer({ serverPort: database.port, mode: 'transaction' });
    onTestFinished(() => bouncer.stop());
    const obstacle = await start(pgbouncer, 60_000, bouncer.url(database.name));
    await until((names) => names.includes('monthly-revenue-report'));
    await obstacle.cancel();
    await endHolders();
  });

  test.skipIf(pgbouncer.cannotRun() !== null)('pgbouncer: the load shares connections of the server', async () => {
    const settings = { default_pool_size: '1' };
    const bouncer = await startPgbouncer({ serverPort: database.port, mode: 'transaction', settings });
    onTestFinished(() => bouncer.stop());
    const requests = { keys: 2000, prepares: false };
    const open = () => OrderConnection.open(bouncer.url(database.name), requests);
    const connections = [await open(), await open(), await open()];
    const answers = connections.flatMap((connection) =>
      // Number 4 is an update.
      [3, 4].map((index) => new Promise((resolve) => connection.ask(index, resolve))),
    );
    expect(await Promise.all(answers)).toEqual([null, null, null, null, null, null]);
    await Promise.all(connections.map((connection) => connection.close()));
  });

  test('autovacuum: a worker is at work on the table', { timeout: 60_000 }, async () => {
    const server = await startPostgresServer({ major: 18, settings: autovacuum.serverSettings });
    onTestFinished(() => server.stop());
    const owner = new pg.Client({ connectionString: server.url() });
    await owner.connect();
    onTestFinished(() => owner.end());
    await owner.query(await readFile('examples/incident/schema.sql', 'utf8'));
    await owner.query(`INSERT INTO orders (id, status, total_cents, created_at, updated_at)
      SELECT n, 'new', n, now(), now() FROM generate_series(1, 50000) AS n`);
    await owner.query(autovacuum.prepareSql ?? '');
    const signal = new AbortController().signal;
    const url = server.url();
    const obstacle = await autovacuum.start({ databaseUrl: url, applicationUrl: url, lastsMs: 60_000, signal });
    const { rows } = await owner.query(`SELECT mode FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE relation = 'orders'::regclass AND backend_type = 'autovacuum worker'`);
    expect(rows).toEqual([{ mode: 'ShareUpdateExclusiveLock' }]);
    await obstacle.cancel();
  });
});
