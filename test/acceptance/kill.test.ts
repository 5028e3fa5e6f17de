import type pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { evenkeel, startEvenkeel } from './evenkeel-cli.ts';
import { killEverywhere, listFailpoints } from './kill-chain.ts';
import { FEW, killUnderLoad, seededShop as makeShop, throughAll } from './killed-shop.ts';
import type { SeededRows } from './shop-client.ts';
import { migrateByDrizzle, SEEDED, seed } from './shop-database.ts';

const shop = 'examples/shop/drizzle';

const databases: TestDatabase[] = [];
afterAll(() => Promise.all(databases.map((database) => database.drop())));

/** A shop with its first migration, filled. */
async function seededShop(rows: SeededRows): Promise<{ database: TestDatabase; client: pg.Client }> {
  const database = await createTestDatabase(18);
  databases.push(database);
  const client = await database.client();
  await migrateByDrizzle(client, 0);
  await seed(client, rows);
  return { database, client };
}

async function until(question: () => Promise<boolean>): Promise<void> {
  while (!(await question())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/**
 * One failpoint of each kind (`before/strike#1`, `after/copy-batch#2`, ...), the kinds spread over the migrations.
 * `npm run test:kill` takes all of them.
 */
function oneOfEachKind(failpoints: readonly string[]): readonly string[] {
  const kindOf = (name: string): string => name.replace(/^[^/]+\/[^/]+\//, '');
  return [...new Set(failpoints.map(kindOf))].flatMap((kind, place) => {
    const names = failpoints.filter((name) => kindOf(name) === kind);
    return names[(place * 7) % names.length] ?? [];
  });
}

test('killed at a failpoint of each kind, with writers at work: the next run goes on, the same comes out', {
  timeout: 240_000,
}, async () => {
  const undisturbed = await makeShop('drizzle', 18);
  databases.push(undisturbed.database);
  const failpoints = await listFailpoints(throughAll('drizzle'), undisturbed.database.url);
  expect(failpoints.length).toBeGreaterThan(400);
  const chosen = oneOfEachKind(failpoints);
  expect(chosen.length).toBeGreaterThan(35);
  const others = failpoints.filter((name) => !chosen.includes(name));
  const { neverReached } = await killEverywhere(chosen, others, async (spared) => {
    const killed = await makeShop('drizzle', 18);
    databases.push(killed.database);
    return killUnderLoad(killed, undisturbed, spared);
  });
  expect(neverReached).toEqual([]);
});

describe('killed in the middle of work', () => {
  test('between the batches of a backfill: the next run takes up the cursor', { timeout: 240_000 }, async () => {
    const { database, client } = await seededShop(SEEDED);
    expect(await evenkeel(['apply', `${shop}/0001_order_channel.sql`], { url: database.url })).toMatchObject({
      exitCode: 0,
    });
    const words = ['apply', `${shop}/0002_order_public_id.sql`];
    const at = '0002_order_public_id/02-backfill-public_id';
    const rowsDone = async (): Promise<number> => {
      const step = `SELECT rows_done::int AS n FROM evenkeel.step WHERE id = '02-backfill-public_id'`;
      return (await client.query<{ n: number }>(step)).rows[0]?.n ?? 0;
    };
    const filled = async (): Promise<number> =>
      (await client.query<{ n: number }>('SELECT count(public_id)::int AS n FROM orders')).rows[0]?.n ?? 0;
    let before = 0;
    for (const place of ['before/copy-batch#3', 'after/copy-batch#2']) {
      const killed = await evenkeel(words, { url: database.url, env: { EVENKEEL_FAILPOINT: `${at}/${place}:kill` } });
      expect(killed.signal).toBe('SIGKILL');
      // The cursor and the rows were committed together.
      expect(await rowsDone()).toBe(await filled());
      expect(await filled()).toBeGreaterThan(before);
      before = await filled();
      expect(before).toBeLessThan(SEEDED.orders);
    }
    const last = await evenkeel(words, { url: database.url });
    expect(last).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Done: one migration is applied\.$/m) });
    expect(await rowsDone()).toBe(SEEDED.orders);
    const { rows } = await client.query('SELECT count(DISTINCT public_id)::int AS ids, count(*)::int AS n FROM orders');
    expect(rows).toEqual([{ ids: SEEDED.orders, n: SEEDED.orders }]);
  });

  test('inside a concurrent build: the invalid index is built again', { timeout: 240_000 }, async () => {
    const { database, client } = await seededShop(FEW);
    await client.query('BEGIN; UPDATE orders SET total_cents = total_cents WHERE id = 1');
    const words = ['apply', `${shop}/0003_orders_customer_index.sql`];
    const building = startEvenkeel(words, { url: database.url });
    const observer = await database.client();
    await until(async () => {
      const { rows } = await observer.query('SELECT FROM pg_stat_progress_create_index WHERE lockers_total > 0');
      return rows.length === 1;
    });
    building.kill('SIGKILL');
    expect((await building.result).signal).toBe('SIGKILL');
    await client.query('COMMIT');
    const status = await evenkeel(['status', ...words.slice(1)], { url: database.url });
    expect(status).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/running +0003_orders_customer_index/),
    });
    const last = await evenkeel(words, { url: database.url });
    expect(last).toMatchObject({ exitCode: 0, stderr: '' });
    const { rows } = await observer.query(
      "SELECT indexrelid::regclass::text AS name, indisvalid FROM pg_index WHERE indexrelid::regclass::text ~ 'orders_customer_id_idx'",
    );
    expect(rows).toEqual([{ name: 'orders_customer_id_idx', indisvalid: true }]);
  });

  test('between DDL and COMMIT: neither the change nor its ledger row is there', { timeout: 240_000 }, async () => {
    const { database, client } = await seededShop(FEW);
    const words = ['apply', `${shop}/0001_order_channel.sql`];
    const place = '0001_order_channel/01-add-column-channel/strike:before-commit#1';
    const killed = await evenkeel(words, { url: database.url, env: { EVENKEEL_FAILPOINT: `${place}:kill` } });
    expect(killed.signal).toBe('SIGKILL');
    const found = async (): Promise<unknown> =>
      (
        await client.query(
          `SELECT (SELECT count(*)::int FROM pg_attribute WHERE attname = 'channel') AS columns,
                  (SELECT count(*)::int FROM evenkeel.step) AS steps`,
        )
      ).rows;
    // This very query waits until the server has noticed that nobody is there any more.
    await client.query('SELECT FROM orders LIMIT 1');
    expect(await found()).toEqual([{ columns: 0, steps: 0 }]);
    expect(await evenkeel(words, { url: database.url })).toMatchObject({ exitCode: 0 });
    expect(await found()).toEqual([{ columns: 1, steps: 1 }]);
  });
});
