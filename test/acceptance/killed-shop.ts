import type pg from 'pg';
import { expect } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { evenkeel } from './evenkeel-cli.ts';
import { killAgainAndAgain } from './kill-chain.ts';
import type { SeededRows, ShopTruth } from './shop-client.ts';
import { rowDifferences, schemaDifferences, seed, shopRows, withTruths } from './shop-database.ts';
import { startShopLoad } from './shop-load.ts';

export type Layout = 'drizzle' | 'sql';

/** Rows enough for every batch to have something to do. */
export const FEW: SeededRows = { customers: 60, products: 20, orders: 400, items: 800 };

export interface Shop {
  readonly layout: Layout;
  readonly database: TestDatabase;
  readonly client: pg.Client;
}

/** What `apply` is given to bring a shop to the end without a stop. */
export function throughAll(layout: Layout): readonly string[] {
  return ['apply', `examples/shop/${layout}`, '--through', 'contract'];
}

/** A shop with its first migration, filled. */
export async function seededShop(layout: Layout, major: number, rows: SeededRows = FEW): Promise<Shop> {
  const database = await createTestDatabase(major);
  const words = ['apply', `examples/shop/${layout}/0000_create_tables.sql`];
  expect(await evenkeel(words, { url: database.url })).toMatchObject({ exitCode: 0 });
  const client = await database.client();
  await seed(client, rows);
  return { layout, database, client };
}

/** A copy of a shop to which nobody is connected. */
export async function copiedShop(layout: Layout, major: number, template: string): Promise<Shop> {
  const database = await createTestDatabase(major, template);
  return { layout, database, client: await database.client() };
}

/**
 * One chain of kills on a shop with writers at work. Fails when a request failed, when the last run did not come
 * through, or when what came out differs from the undisturbed shop and what the writers were told is stored.
 *
 * @returns The places that runs died at.
 */
export async function killUnderLoad(
  shop: Shop,
  undisturbed: Shop,
  spared: readonly string[],
): Promise<readonly string[]> {
  const options = { url: shop.database.url, clients: 4, seeded: FEW, traffic: 'unchanging' } as const;
  const load = await startShopLoad('wide-totals', options);
  try {
    const { kills, passed, last } = await killAgainAndAgain(throughAll(shop.layout), shop.database.url, spared);
    await load.work(50);
    const report = await load.stop();
    expect(last).toMatchObject({ exitCode: 0, signal: null, stderr: '' });
    expect(report.failures).toEqual([]);
    // Not one place was passed unharmed.
    expect([...passed].filter((name) => !kills.includes(name) && !spared.includes(name))).toEqual([]);
    expect(new Set(kills).size).toBe(kills.length);
    await expectSame(shop, undisturbed, report.truths);
    return kills;
  } finally {
    load.end();
  }
}

/** Catalog and rows are those of the undisturbed shop plus what writers did, and nothing of ours is left over. */
export async function expectSame(shop: Shop, undisturbed: Shop, truths: readonly ShopTruth[] = []): Promise<void> {
  expect(await schemaDifferences(undisturbed.database.url, shop.database.url)).toEqual([]);
  const expected = withTruths(await shopRows(undisturbed.client, FEW), truths);
  expect(rowDifferences(expected, await shopRows(shop.client, FEW))).toEqual([]);
  const { rows } = await shop.client.query(
    `SELECT (SELECT count(*)::int FROM evenkeel.migration WHERE state = 'applied') AS applied,
            (SELECT count(*)::int FROM evenkeel.migration WHERE state <> 'applied') AS unfinished,
            (SELECT count(*)::int FROM evenkeel.step WHERE state NOT IN ('done', 'passed')) AS "unfinishedSteps",
            (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS locks,
            (SELECT count(*)::int FROM pg_index WHERE NOT indisvalid) AS "invalidIndexes",
            (SELECT count(*)::int FROM pg_attribute WHERE attname LIKE 'evenkeel%') AS "leftColumns",
            (SELECT count(*)::int FROM pg_trigger WHERE NOT tgisinternal) AS triggers,
            (SELECT count(*)::int FROM pg_proc p WHERE pronamespace = 'public'::regnamespace) AS functions,
            (SELECT count(*)::int FROM orders WHERE public_id IS NULL) AS "withoutPublicId",
            (SELECT count(*) - count(DISTINCT public_id) FROM orders)::int AS "ofOnePublicId"`,
  );
  expect(rows).toEqual([
    {
      applied: 16,
      unfinished: 0,
      unfinishedSteps: 0,
      locks: 0,
      invalidIndexes: 0,
      leftColumns: 0,
      triggers: 0,
      functions: 0,
      withoutPublicId: 0,
      ofOnePublicId: 0,
    },
  ]);
  if (shop.layout === 'drizzle') expect(await drizzleLedger(shop)).toEqual(await drizzleLedger(undisturbed));
}

async function drizzleLedger({ client }: Shop): Promise<unknown> {
  const { rows } = await client.query('SELECT id, hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id');
  expect(rows).toHaveLength(16);
  return rows;
}
