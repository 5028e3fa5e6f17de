import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type pg from 'pg';
import { catalogDifferences } from '../../src/catalog/catalog-differences.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import type { SeededRows, ShopTruth } from './shop-client.ts';

const shop = fileURLToPath(new URL('../../examples/shop', import.meta.url));
const drizzleFolder = path.join(shop, 'drizzle');

/** What seed.sql fills in. */
export const SEEDED: SeededRows = { customers: 5_000, products: 1_000, orders: 40_000, items: 100_000 };

interface Journal {
  readonly entries: readonly { readonly idx: number; readonly tag: string; readonly when: number }[];
}

/** The ids of all the migrations, in order. */
export const SHOP_MIGRATIONS: readonly string[] = (
  JSON.parse(readFileSync(path.join(drizzleFolder, 'meta/_journal.json'), 'utf8')) as Journal
).entries.map(({ tag }) => tag);

/** Lets drizzle-orm's own migrator run everything up to the migration of that number. */
export async function migrateByDrizzle(client: pg.Client, last: number = SHOP_MIGRATIONS.length - 1): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-drizzle-'));
  try {
    cpSync(drizzleFolder, folder, { recursive: true });
    const journalFile = path.join(folder, 'meta/_journal.json');
    const journal = JSON.parse(readFileSync(journalFile, 'utf8')) as Journal;
    writeFileSync(journalFile, JSON.stringify({ ...journal, entries: journal.entries.slice(0, last + 1) }));
    await migrate(drizzle({ client }), { migrationsFolder: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The rows of seed.sql, or as many of them, for a database that has the first migration. */
export async function seed(client: pg.Client, rows: SeededRows = SEEDED): Promise<void> {
  const things = ['items', 'orders', 'customers', 'products'] as const;
  const sql = readFileSync(path.join(shop, 'seed.sql'), 'utf8');
  await client.query(
    things.reduce(
      (text, thing) => text.replaceAll(new RegExp(`\\b${SEEDED[thing]}\\b`, 'g'), String(rows[thing])),
      sql,
    ),
  );
  await client.query('ANALYZE');
}

/** What tells two live databases apart; the order of columns and Drizzle's own ledger aside. */
export async function schemaDifferences(firstUrl: string, secondUrl: string): Promise<readonly string[]> {
  const [first, second] = await Promise.all([catalogOf(firstUrl), catalogOf(secondUrl)]);
  return catalogDifferences(first, second, { columnOrder: 'ignore' }).filter(
    (line) => !/^(schema drizzle:|drizzle\.)/.test(line),
  );
}

async function catalogOf(url: string): Promise<Catalog> {
  const connection = await connectPostgres(url, { applicationName: 'test:catalog' });
  try {
    return await readCatalog(connection);
  } finally {
    await connection.close();
  }
}

const ROWS_SQL: Readonly<Record<string, string>> = {
  customer: 'SELECT id, full_name, email, created_at AS moment FROM customers',
  product: 'SELECT id, sku, title, description, price_cents, NULL AS moment FROM products',
  order: `SELECT id, customer_id, status::text, total_cents, channel, currency, placed_at AS moment FROM orders`,
  item: 'SELECT id, order_id, product_id, quantity, unit_price_cents, NULL AS moment FROM order_items',
};

/** `order 17` and its values but for the random ones. Of seeded rows also the moment that they were written at. */
type Rows = Map<string, string>;

/** Every row of the shop after the last migration, by what it is. */
export async function shopRows(client: pg.Client, seeded: SeededRows): Promise<Rows> {
  const limits: Readonly<Record<string, number>> = {
    customer: seeded.customers,
    product: seeded.products,
    order: seeded.orders,
    item: seeded.items,
  };
  const rows: Rows = new Map();
  for (const [thing, sql] of Object.entries(ROWS_SQL)) {
    const answer = await client.query<(string | number | Date | null)[]>({ text: sql, rowMode: 'array' });
    for (const [id, ...values] of answer.rows) {
      const moment = values.pop();
      const when = moment instanceof Date && Number(id) <= (limits[thing] ?? 0) ? moment.toISOString() : '';
      rows.set(`${thing} ${id}`, [...values.map(String), when].join('|'));
    }
  }
  return rows;
}

/** The rows that must be there: those of the undisturbed database, and on top everything that the load was told. */
export function withTruths(undisturbed: Rows, truths: readonly ShopTruth[]): Rows {
  const rows: Rows = new Map(undisturbed);
  const change = (key: string, changes: Readonly<Record<number, string>>, whenNew: readonly string[]): void => {
    const values = rows.get(key)?.split('|') ?? whenNew;
    rows.set(key, values.map((value, place) => changes[place] ?? value).join('|'));
  };
  for (const truth of truths) {
    for (const [id, name, email] of truth.customers) change(`customer ${id}`, { 0: name, 1: email }, [name, email, '']);
    for (const [id, price] of truth.prices) change(`product ${id}`, { 3: String(price) }, []);
    for (const [id, customer, status, total] of truth.orders) {
      const whenNew = [String(customer), status, String(total), 'web', 'EUR', ''];
      change(`order ${id}`, { 0: String(customer), 1: status, 2: String(total) }, whenNew);
    }
    for (const [id, ...values] of truth.items) rows.set(`item ${id}`, [...values.map(String), ''].join('|'));
  }
  return rows;
}

/** A line for each row that is not as it must be; the first ten are enough. */
export function rowDifferences(expected: Rows, found: Rows): readonly string[] {
  const keys = new Set([...expected.keys(), ...found.keys()]);
  const different = [...keys].filter((key) => expected.get(key) !== found.get(key));
  return different.slice(0, 10).map((key) => `${key}: ${found.get(key)} instead of ${expected.get(key)}`);
}
