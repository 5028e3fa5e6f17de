import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backfills } from '../../src/api/backfills.ts';
import { UsageError } from '../../src/model/error.ts';
import { until, value } from '../run/run-support.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { type StartedBackfill, startTry } from './backfill-support.ts';

const COUNT_UP = 'UPDATE orders SET n = n + 1';

describe.each([13, 18])('PostgreSQL %i', (major) => {
  let database: TestDatabase;
  let client: pg.Client;
  const done = () => value<number>(client, 'SELECT sum(n)::int FROM orders');
  const wrong = () => value<number>(client, 'SELECT count(*)::int FROM orders WHERE n <> 1');
  const signal = new AbortController().signal;

  beforeEach(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
    await client.query(`CREATE TABLE orders (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);
      INSERT INTO orders (id) SELECT generate_series(1, 20000)`);
  });
  afterEach(() => database.drop());

  async function underWay(): Promise<StartedBackfill> {
    const settings = { workers: 2, dutyCycle: 0.03, batchTargetMs: 5 };
    const started = startTry(database, COUNT_UP, { settings, rangeRows: 2_000 });
    await until(async () => (await done()) > 0);
    return started;
  }

  /** Twice the same after longer than a batch with its pause may take. */
  async function standsStill(started: StartedBackfill): Promise<number> {
    await until(() => started.of('backfill:hold').some(({ by }) => by === 'paused'));
    for (;;) {
      const before = await done();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      if ((await done()) === before) return before;
    }
  }

  test('paused and resumed by psql, whoever works on it waits and goes on', async () => {
    const started = await underWay();
    await client.query("UPDATE evenkeel.backfill SET state = 'paused'");
    expect(await standsStill(started)).toBeLessThan(20_000);
    await client.query(
      `UPDATE evenkeel.backfill SET state = 'running', settings = settings || '{"dutyCycle": 1, "batchTargetMs": 100}'`,
    );
    expect(await started.result).toBe('finished');
    expect(await wrong()).toBe(0);
    const { transitions } = await backfills.status({ databaseUrl: database.url, id: 1 });
    expect(transitions.map(({ action, by }) => `${by} ${action}`)).toEqual([
      'postgres created',
      'postgres paused',
      'postgres running',
      'postgres retuned',
      'postgres finished',
    ]);
    expect(transitions[3]!.detail).toMatch(/dutyCycle 0.03 -> 1/);
  });

  test('paused, retuned and resumed by the library; a second process joins', async () => {
    const choice = { databaseUrl: database.url, id: 1 };
    const started = await underWay();
    expect((await backfills.pause(choice)).state).toBe('paused');
    await standsStill(started);
    const retuned = await backfills.retune({ ...choice, settings: { workers: 4, dutyCycle: 1, batchTargetMs: 100 } });
    expect(retuned.settings).toMatchObject({ workers: 4, dutyCycle: 1 });
    expect(await backfills.resume({ ...choice, onEvent: () => undefined, signal })).toBe('finished');
    expect(await started.result).toBe('finished');
    expect(await wrong()).toBe(0);
    await expect(backfills.pause(choice)).rejects.toThrow('Backfill 1 is finished, and cannot be paused any more.');
  });

  test('new settings take workers away and bring others', async () => {
    const started = await underWay();
    const workers = () => started.of('backfill:progress').at(-1)?.workers;
    await client.query(`UPDATE evenkeel.backfill SET settings = settings || '{"workers": 5}'`);
    await until(() => workers() === 5);
    await client.query(`UPDATE evenkeel.backfill SET settings = settings || '{"workers": 1, "dutyCycle": 1}'`);
    expect(await started.result).toBe('finished');
    expect(await wrong()).toBe(0);
  });

  test('cancelled: what is done stays, the same statement does not begin again by itself', async () => {
    const started = await underWay();
    await backfills.cancel({ databaseUrl: database.url, id: 1 });
    expect(await started.result).toBe('cancelled');
    const rows = await done();
    expect(rows).toBeGreaterThan(0);
    const again = startTry(database, COUNT_UP).result;
    await expect(again).rejects.toThrow(UsageError);
    await expect(again).rejects.toThrow(
      /which was cancelled after [\d,]+ rows; from the beginning, those would be changed once more/,
    );
    expect(
      await backfills.resume({
        databaseUrl: database.url,
        id: 1,
        settings: { dutyCycle: 1 },
        onEvent: () => undefined,
        signal,
      }),
    ).toBe('finished');
    expect(await wrong()).toBe(0);
  });

  test('again, on purpose', async () => {
    expect(await startTry(database, COUNT_UP).result).toBe('finished');
    expect(await startTry(database, COUNT_UP, { again: true }).result).toBe('finished');
    expect(await value(client, 'SELECT count(*)::int FROM orders WHERE n <> 2')).toBe(0);
    const list = await backfills.list({ databaseUrl: database.url });
    expect(list.map(({ id, state, rowsDone }) => `${id} ${state} ${rowsDone}`)).toEqual([
      '2 finished 20000',
      '1 finished 20000',
    ]);
  });

  test('verified by range, interrupted and taken up; rows that somebody wrote afterwards are found', async () => {
    await client.query('ALTER TABLE orders ADD COLUMN m int');
    const statement = 'UPDATE orders SET m = id * 2 WHERE m IS NULL';
    expect(await startTry(database, statement, { rangeRows: 2_000 }).result).toBe('finished');
    const choice = { databaseUrl: database.url, id: 1 };
    expect((await backfills.verify({ ...choice, signal })).verification).toMatchObject({ rowsLeft: 0 });
    await client.query(
      'INSERT INTO orders SELECT i FROM generate_series(100001, 100007) i; UPDATE orders SET m = NULL WHERE id = 5',
    );
    const aborted = AbortSignal.abort();
    await expect(backfills.verify({ ...choice, signal: aborted })).rejects.toThrow(
      'The count was interrupted; what is counted stays.',
    );
    const { verification, backfill } = await backfills.verify({ ...choice, signal });
    expect(verification).toMatchObject({ rowsLeft: 8 });
    expect(verification.rangesChecked).toBe(verification.ranges);
    expect(backfill.verification).toEqual(verification);
  });

  test('a row that cannot tell whether it is done is not verified by guessing', async () => {
    expect(await startTry(database, COUNT_UP).result).toBe('finished');
    await expect(backfills.verify({ databaseUrl: database.url, id: 1, signal })).rejects.toThrow(
      /A row cannot tell whether backfill 1 has changed it/,
    );
  });

  test('what is not there', async () => {
    const choice = { databaseUrl: database.url, id: 7 };
    await expect(backfills.pause(choice)).rejects.toThrow(/knows no backfills: none was ever begun there/);
    expect(await backfills.list({ databaseUrl: database.url })).toEqual([]);
    expect(await startTry(database, COUNT_UP).result).toBe('finished');
    await expect(backfills.status(choice)).rejects.toThrow('There is no backfill 7 in this database.');
  });
});
