import { describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/test-database.ts';
import { evenkeel } from './evenkeel-cli.ts';
import { killEverywhere, listFailpoints } from './kill-chain.ts';
import {
  copiedShop,
  expectSame,
  killUnderLoad,
  type Layout,
  type Shop,
  seededShop,
  throughAll,
} from './killed-shop.ts';
import { schemaDifferences } from './shop-database.ts';

/** Two processes of ours and two of the server's at a time. */
const LANES = 2;

interface Undisturbed {
  readonly shop: Shop;
  /** The name of a database as it was before, to copy. */
  readonly template: string;
  readonly failpoints: readonly string[];
}

/** The same shop twice: one to copy, one brought to the end without a disturbance. */
async function undisturbedShop(layout: Layout, major: number): Promise<Undisturbed> {
  const template = await seededShop(layout, major);
  await template.client.end();
  const shop = await copiedShop(layout, major, template.database.name);
  const failpoints = await listFailpoints(throughAll(layout), shop.database.url);
  expect(failpoints.length).toBeGreaterThan(400);
  await expectSame(shop, shop);
  return { shop, template: template.database.name, failpoints };
}

async function inLanes<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = [...all];
  const lane = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

function tell(what: string, startedAt: number): void {
  process.stdout.write(`${what} in ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
}

describe.each([
  { layout: 'drizzle', major: 18 },
  { layout: 'sql', major: 18 },
  { layout: 'drizzle', major: 13 },
  { layout: 'sql', major: 13 },
] as const)('the shop as $layout files on PostgreSQL $major', ({ layout, major }) => {
  test('killed at each failpoint: the very next apply finishes, the same comes out', async () => {
    const startedAt = performance.now();
    const { shop: undisturbed, template, failpoints } = await undisturbedShop(layout, major);
    await inLanes(failpoints, async (name) => {
      const shop = await copiedShop(layout, major, template);
      const url = shop.database.url;
      const killed = await evenkeel(throughAll(layout), { url, env: { EVENKEEL_FAILPOINT: `${name}:kill` } });
      expect(killed, name).toMatchObject({ signal: 'SIGKILL', stderr: '' });
      const next = await evenkeel(throughAll(layout), { url });
      expect(next, `${name}\n${next.stdout}`).toMatchObject({ exitCode: 0, stderr: '' });
      await expectSame(shop, undisturbed);
      await shop.database.drop();
    });
    await undisturbed.database.drop();
    tell(`${layout}/${major}: ${failpoints.length} kills on as many databases`, startedAt);
  });

  test('killed at each failpoint, run after run, with writers at work: the same comes out', async () => {
    const startedAt = performance.now();
    const { shop: undisturbed, template, failpoints } = await undisturbedShop(layout, major);
    const { chains, kills, neverReached } = await killEverywhere(failpoints, [], async (spared) => {
      const shop = await copiedShop(layout, major, template);
      const killed = await killUnderLoad(shop, undisturbed, spared);
      await shop.database.drop();
      return killed;
    });
    expect(neverReached).toEqual([]);
    await undisturbed.database.drop();
    tell(`${layout}/${major}: ${kills.length} kills in ${chains} chains, no request failed`, startedAt);
  });
});

test.each([
  { layout: 'drizzle', major: 18 },
  { layout: 'sql', major: 13 },
] as const)(
  'killed at each failpoint of the first apply of all ($layout, $major): the next one finishes',
  async ({ layout, major }) => {
    const words = ['apply', `examples/shop/${layout}/0000_create_tables.sql`];
    const undisturbed = await createTestDatabase(major);
    const failpoints = await listFailpoints(words, undisturbed.url);
    expect(failpoints.length).toBeGreaterThan(10);
    await inLanes(failpoints, async (name) => {
      const database = await createTestDatabase(major);
      const env = { EVENKEEL_FAILPOINT: `${name}:kill` };
      expect(await evenkeel(words, { url: database.url, env }), name).toMatchObject({ signal: 'SIGKILL' });
      expect(await evenkeel(words, { url: database.url }), name).toMatchObject({ exitCode: 0, stderr: '' });
      const client = await database.client();
      const { rows } = await client.query('SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = $1', [
        'public',
      ]);
      expect(rows, name).toEqual([{ tables: 4 }]);
      expect(await schemaDifferences(undisturbed.url, database.url)).toEqual([]);
      await database.drop();
    });
    await undisturbed.drop();
  },
);
