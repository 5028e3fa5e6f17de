import { readFileSync } from 'node:fs';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { type CliResult, evenkeel, nextWords } from './evenkeel-cli.ts';
import type { Release } from './shop-code.ts';
import {
  migrateByDrizzle,
  rowDifferences,
  SEEDED,
  SHOP_MIGRATIONS,
  schemaDifferences,
  seed,
  shopRows,
  withTruths,
} from './shop-database.ts';
import { type ShopLoad, startShopLoad } from './shop-load.ts';

const drizzleFolder = 'examples/shop/drizzle';
const CLIENTS = 20;

/** What has to be deployed before a gate may be passed, by the migration that the gate belongs to. */
const RELEASE_AT_GATE: Readonly<Record<string, Release>> = {
  '0008_order_total_bigint': 'wide-totals',
  '0009_customer_full_name': 'full-name',
  '0010_drop_legacy_code': 'no-legacy-code',
};

const databases: TestDatabase[] = [];
afterAll(() => Promise.all(databases.map((database) => database.drop())));

async function freshDatabase(major: number): Promise<{ database: TestDatabase; client: pg.Client }> {
  const database = await createTestDatabase(major);
  databases.push(database);
  return { database, client: await database.client() };
}

/** A database that drizzle-orm's migrator has brought to the end, with the seeded rows and no load. */
async function undisturbedDatabase(major: number): Promise<{ database: TestDatabase; client: pg.Client }> {
  const made = await freshDatabase(major);
  await migrateByDrizzle(made.client, 0);
  await seed(made.client);
  await migrateByDrizzle(made.client);
  return made;
}

const ledgerRows = async (client: pg.Client): Promise<unknown> =>
  (await client.query('SELECT id, hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id')).rows;

/** Applies gate by gate as people do: deploy what the gate asks for, then type what the last line says. */
async function applyGateByGate(path: string, url: string, load: ShopLoad | null): Promise<readonly string[]> {
  const gates: string[] = [];
  let words: readonly string[] | null = ['apply', path];
  while (words !== null) {
    const result: CliResult = await evenkeel(words, { url });
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    words = nextWords(result);
    if (words === null) {
      expect(result.stdout).toMatch(/^Done: /m);
      return gates;
    }
    const gate = /^The gate ([^:]+):(\S+) is closed: Deploy code that .+\.$/m.exec(result.stdout);
    expect(gate, result.stdout).not.toBeNull();
    const [, migration = '', step = ''] = gate ?? [];
    expect(words).toEqual(['apply', path, '--past-gate', `${migration}:${step}`]);
    const release = RELEASE_AT_GATE[migration];
    expect(release, `nobody expects a gate in ${migration}`).toBeDefined();
    // Some work between two steps of the deployment: both releases meet the schema as it is now.
    await load?.work(100);
    await load?.deploy(release!);
    await load?.work(100);
    gates.push(migration);
  }
  return gates;
}

describe.each([
  { layout: 'drizzle', major: 18 },
  { layout: 'sql', major: 13 },
])('the shop as $layout files on PostgreSQL $major, under load', ({ layout, major }) => {
  const path = `examples/shop/${layout}`;
  let database: TestDatabase;
  let client: pg.Client;
  let load: ShopLoad;
  beforeAll(async () => {
    ({ database, client } = await freshDatabase(major));
    const first = await evenkeel(['apply', `${path}/0000_create_tables.sql`], { url: database.url });
    expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Done: one migration is applied\.$/m) });
    await seed(client);
    load = await startShopLoad('first', { url: database.url, clients: CLIENTS, seeded: SEEDED, traffic: 'all' });
  });
  afterAll(() => load?.end());

  /** Requests are answered all the while; those that fail show in the report at the end. */
  async function underLoad(words: readonly string[]): Promise<CliResult> {
    const [result] = await Promise.all([evenkeel(words, { url: database.url }), load.work(50)]);
    return result;
  }

  test('check says what is dangerous, and changes nothing', async () => {
    const { exitCode, stdout, stderr } = await underLoad(['check', path, '--database-url', database.url]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(1);
    const said = stdout.replaceAll(/\s+/g, ' ');
    expect(said).toMatch(
      /0002_order_public_id\.sql:1:1 error Computes gen_random_uuid\(\) for every row of public\.orders .*and writes the table anew/,
    );
    expect(said).toMatch(/judged against the live database \(1 of 16 files are applied\): \d+ errors, \d+ warnings/);
  });

  test('plan writes the safe way for what is pending', async () => {
    const { exitCode, stdout, stderr } = await underLoad(['plan', path, '--database-url', database.url]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/CREATE INDEX CONCURRENTLY orders_customer_id_idx/);
    expect(stdout).not.toMatch(/CREATE TABLE "?customers/);
    expect(stdout).toMatch(/\d+ steps for 15 migrations on PostgreSQL \d+\./);
  });

  test('status knows what is applied and what is pending', async () => {
    const { exitCode, stdout } = await underLoad(['status', path]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/applied +0000_create_tables/);
    expect(stdout).toMatch(/16 migrations: 1 applied, 15 pending\./);
    expect(stdout).toMatch(`Next: evenkeel apply ${path}`);
  });

  test('apply goes gate by gate to the end, and not one request fails', async () => {
    const gates = await applyGateByGate(path, database.url, load);
    expect(gates).toEqual(Object.keys(RELEASE_AT_GATE));
    await load.deploy('today');
    await load.work(400);
    const report = await load.stop();
    expect(report.failures).toEqual([]);
    expect(report.sent).toBeGreaterThan(1_000);

    const status = await evenkeel(['status', path], { url: database.url });
    expect(status).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/16 migrations: 16 applied\./) });

    const undisturbed = await undisturbedDatabase(major);
    expect(await schemaDifferences(undisturbed.database.url, database.url)).toEqual([]);
    const expected = withTruths(await shopRows(undisturbed.client, SEEDED), report.truths);
    expect(rowDifferences(expected, await shopRows(client, SEEDED))).toEqual([]);
    const { rows } = await client.query(
      `SELECT (SELECT count(*)::int FROM reviews) AS reviews,
              (SELECT count(*) - count(DISTINCT public_id) FROM orders)::int AS "ordersOfOnePublicId",
              (SELECT count(*)::int FROM pg_trigger WHERE NOT tgisinternal) AS triggers`,
    );
    const reviews = report.truths.reduce((sum, truth) => sum + truth.reviews, 0);
    expect(rows).toEqual([{ reviews, ordersOfOnePublicId: 0, triggers: 0 }]);
    if (layout === 'drizzle') expect(await ledgerRows(client)).toEqual(await ledgerRows(undisturbed.client));
  });

  test('a second apply finds nothing to do', async () => {
    const { exitCode, stdout } = await evenkeel(['apply', path], { url: database.url });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Nothing to do: every migration is applied\.$/m);
  });

  test.runIf(layout === 'drizzle')('drizzle-orm’s migrator finds nothing to do', async () => {
    const before = await ledgerRows(client);
    const statements: string[] = [];
    const spying = new Proxy(client, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...all: unknown[]) => {
          if (name === 'query') statements.push(sqlOf(all[0]));
          return value.apply(target, all);
        };
      },
    });
    await migrate(drizzle({ client: spying }), { migrationsFolder: drizzleFolder });
    expect(statements.length).toBeGreaterThan(0);
    const own = /^(begin|commit|select .*__drizzle_migrations|CREATE (SCHEMA|TABLE) IF NOT EXISTS "drizzle")/s;
    expect(statements.filter((sql) => !own.test(sql.trim()))).toEqual([]);
    expect(await ledgerRows(client)).toEqual(before);
  });
});

/** The text of a query, which drivers take as text or as an object. */
function sqlOf(query: unknown): string {
  return typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : String(query);
}

test('what drizzle-orm’s migrator has applied is not applied again, and Evenkeel does the rest', async () => {
  const { database, client } = await freshDatabase(18);
  await migrateByDrizzle(client, 0);
  await seed(client);
  await migrateByDrizzle(client, 7);
  const status = await evenkeel(['status', drizzleFolder], { url: database.url });
  expect(status.stdout).toMatch(/applied +0007_wider_sku\n +applied by drizzle, not by Evenkeel/);
  expect(status.stdout).toMatch(/16 migrations: 8 applied, 8 pending\./);

  const gates = await applyGateByGate(drizzleFolder, database.url, null);
  expect(gates).toEqual(Object.keys(RELEASE_AT_GATE));
  const { rows } = await client.query('SELECT id FROM evenkeel.migration ORDER BY place');
  expect(rows.map(({ id }) => id)).toEqual(SHOP_MIGRATIONS.slice(8));

  const undisturbed = await undisturbedDatabase(18);
  expect(await schemaDifferences(undisturbed.database.url, database.url)).toEqual([]);
  expect(rowDifferences(await shopRows(undisturbed.client, SEEDED), await shopRows(client, SEEDED))).toEqual([]);
  expect(await ledgerRows(client)).toEqual(await ledgerRows(undisturbed.client));
  await migrate(drizzle({ client }), { migrationsFolder: drizzleFolder });
  expect(await ledgerRows(client)).toEqual(await ledgerRows(undisturbed.client));
});

describe.each([
  { layout: 'drizzle', major: 18 },
  { layout: 'sql', major: 13 },
])('the shop as $layout files for PostgreSQL $major, without a database', ({ layout, major }) => {
  const path = `examples/shop/${layout}`;

  test('check names every dangerous migration, and leaves the harmless ones alone', async () => {
    const { exitCode, stdout, stderr } = await evenkeel(['check', path, '--server-version', String(major)]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    const judged = (severity: string): readonly string[] => [
      ...new Set([...stdout.matchAll(new RegExp(`/(\\d{4})_\\S+ {2}${severity} `, 'g'))].map(([, id = '']) => id)),
    ];
    const errors = judged('error');
    for (const id of ['0002', '0003', '0004', '0005', '0006', '0008', '0011', '0014', '0015']) {
      expect(errors).toContain(id);
    }
    for (const id of ['0000', '0001', '0007', '0012']) expect(errors).not.toContain(id);
    const warnings = judged('warning');
    for (const id of ['0009', '0010', '0014', '0015']) expect(warnings).toContain(id);
    for (const id of ['0000', '0001', '0007', '0012']) expect(warnings).not.toContain(id);
  });

  test('plan is a value, the same as text, JSON and SQL', async () => {
    const version = ['--server-version', String(major)];
    const text = await evenkeel(['plan', path, ...version]);
    expect(text).toMatchObject({ exitCode: 0, stderr: '' });
    const json = await evenkeel(['plan', path, ...version, '--format', 'json']);
    const plan = JSON.parse(json.stdout) as { serverMajor: number; migrations: { id: string; steps: unknown[] }[] };
    expect(plan.serverMajor).toBe(major);
    expect(plan.migrations.map(({ id }) => id)).toEqual(SHOP_MIGRATIONS);
    const sql = await evenkeel(['plan', path, ...version, '--format', 'sql']);
    expect(sql).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/SET LOCAL lock_timeout = '?100/) });
  });

  test('explain tells the facts of a file by the given schema', async () => {
    const file = `${path}/0006_order_placed_at_required.sql`;
    const schema = `examples/shop/sql/0000_create_tables.sql`;
    const words = ['explain', file, '--schema', schema, '--server-version', String(major), '--format', 'json'];
    const { exitCode, stdout } = await evenkeel(words);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      server: `postgresql ${major}`,
      files: [
        {
          path: file,
          statements: [
            {
              sql: readFileSync(file, 'utf8').trim().replace(/;$/, ''),
              line: 1,
              kind: 'alter-table',
              locks: [{ relation: 'public.orders', mode: 'ACCESS EXCLUSIVE' }],
              rewrites: [],
              scans: ['public.orders'],
              indexBuilds: [],
              transaction: 'any',
              blocks: { reads: true, writes: true },
              certainty: 'known',
            },
          ],
        },
      ],
    });
  });
});
