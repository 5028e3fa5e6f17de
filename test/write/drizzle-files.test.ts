import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { describe, expect, it } from 'vitest';
import { connectPostgres } from '../../src/db/postgres.ts';
import { apply, check, makePlan } from '../../src/index.ts';
import { lineDifferences, readCatalogLines } from '../../src/prove/catalog-lines.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { withFolder } from './run-files.ts';

const shop = fileURLToPath(new URL('../../examples/shop', import.meta.url));
const drizzleKit = path.join(path.dirname(createRequire(import.meta.url).resolve('drizzle-kit')), 'bin.cjs');
const SCHEMAS = readdirSync(path.join(shop, 'schema')).sort();

/** The shop's folder as it was when a migration was its newest. */
function copyShop(folder: string, newest: number): string {
  const copy = path.join(folder, `until-${newest}`);
  cpSync(path.join(shop, 'drizzle'), copy, { recursive: true });
  const file = path.join(copy, 'meta', '_journal.json');
  const journal = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, newest + 1) }, null, 2));
  for (const place of [copy, path.join(copy, 'meta')]) {
    for (const name of readdirSync(place)) {
      if (/^\d{4}_/.test(name) && Number(name.slice(0, 4)) > newest) rmSync(path.join(place, name));
    }
  }
  return copy;
}

async function migrated(database: TestDatabase, migrationsFolder: string): Promise<number> {
  const client = await database.client();
  await migrate(drizzle({ client }), { migrationsFolder });
  const { rows } = await client.query('SELECT count(*)::int AS applied FROM drizzle.__drizzle_migrations');
  return rows[0].applied;
}

async function differences(expected: TestDatabase, actual: TestDatabase): Promise<readonly string[]> {
  const lines = await Promise.all(
    [expected, actual].map(async ({ url }) => {
      const connection = await connectPostgres(url, { applicationName: 'test' });
      try {
        return await readCatalogLines(connection);
      } finally {
        await connection.close();
      }
    }),
  );
  return lineDifferences(lines[0]!, lines[1]!);
}

/** What drizzle-kit says; throws when it ends with another exit code than 0. */
async function kit(folder: string, words: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [drizzleKit, ...words], { cwd: folder });
  return `${stdout}${stderr}`;
}

/** Enough for a backfill of several batches. */
const ROWS = `
INSERT INTO customers (name, email) SELECT 'Customer ' || n, n || '@shop.example' FROM generate_series(1, 50) n;
INSERT INTO products (sku, title, description, price_cents) SELECT 'SKU-' || n, 'P' || n, 'good', n FROM generate_series(1, 20) n;
INSERT INTO orders (customer_id, status, total_cents) SELECT 1 + n % 50, 'new', n FROM generate_series(1, 2500) n;
`;

const NUMBERS = SCHEMAS.map((_, index) => index).slice(1);

describe('plans written into a folder of Drizzle', () => {
  it.each(NUMBERS)('migration %i: the migrator applies them, and finds nothing pending', async (number) => {
    await withFolder(async (folder) => {
      const [before, naive, safe] = [number - 1, number, number].map((newest, index) =>
        copyShop(path.join(folder, String(index)), newest),
      );
      const report = await makePlan({ paths: [safe!], write: true, force: true });
      expect(report.written?.isDone).toBe(true);
      const entries: readonly unknown[] = JSON.parse(
        readFileSync(path.join(safe!, 'meta/_journal.json'), 'utf8'),
      ).entries;
      const databases = await Promise.all([18, 18, 18].map((major) => createTestDatabase(major)));
      const [expected, fresh, later] = databases as [TestDatabase, TestDatabase, TestDatabase];
      await migrated(expected, naive!);
      expect(await migrated(fresh, safe!)).toBe(entries.length);
      expect(await migrated(fresh, safe!)).toBe(entries.length);
      await migrated(later, copyShop(folder, 0));
      await (await later.client()).query(ROWS);
      await migrated(later, before!);
      expect(await migrated(later, safe!)).toBe(entries.length);
      expect(await migrated(later, safe!)).toBe(entries.length);
      expect(await differences(expected, fresh)).toEqual([]);
      expect(await differences(expected, later)).toEqual([]);
      const written = report.written?.files.flatMap(({ path: at, step }) => (step === null ? [] : [at])) ?? [];
      const { findings } = await check({ paths: [safe!] });
      const errors = findings.filter(({ path: at, severity }) => written.includes(at) && severity === 'error');
      expect(errors.map(({ path: at, rule }) => `${at} ${rule}`)).toEqual([]);
      expect((await makePlan({ paths: [safe!], write: true })).written?.files).toEqual([]);
      await Promise.all(databases.map((database) => database.drop()));
    });
  });

  it.each([2, 3, 8, 15])(
    'migration %i: evenkeel applies them, and the migrator finds nothing pending',
    async (number) => {
      await withFolder(async (folder) => {
        const [before, naive, safe] = [number - 1, number, number].map((newest, index) =>
          copyShop(path.join(folder, String(index)), newest),
        );
        const { written } = await makePlan({ paths: [safe!], write: true, force: true });
        const [expected, actual] = await Promise.all([createTestDatabase(18), createTestDatabase(18)]);
        await migrated(expected, naive!);
        await migrated(actual, copyShop(folder, 0));
        await (await actual.client()).query(ROWS);
        const done = await migrated(actual, before!);
        const outcome = await apply({
          path: safe!,
          databaseUrl: actual.url,
          through: 'contract',
          pastGate: null,
          commandLine: 'evenkeel apply',
          onEvent: () => undefined,
          signal: new AbortController().signal,
        });
        expect(outcome).toBe('completed');
        const files = written?.files.filter(({ step }) => step !== null).length ?? 0;
        expect(await migrated(actual, safe!)).toBe(done + files);
        expect((await differences(expected, actual)).filter((line) => !/\bevenkeel\b/.test(line))).toEqual([]);
        await Promise.all([expected.drop(), actual.drop()]);
      });
    },
  );

  it.each([2, 8, 9])(
    'migration %i: drizzle-kit finds its books in order, and no change to generate',
    async (number) => {
      await withFolder(async (folder) => {
        const copy = copyShop(folder, number);
        await makePlan({ paths: [copy], write: true, force: true });
        const before = readdirSync(copy, { recursive: true }).length;
        const out = ['--dialect', 'postgresql', '--out', path.basename(copy)];
        expect(await kit(folder, ['check', ...out])).toContain("Everything's fine");
        const schema = path.join(shop, 'schema', SCHEMAS[number]!);
        expect(await kit(folder, ['generate', ...out, '--schema', schema])).toContain('No schema changes');
        expect(readdirSync(copy, { recursive: true })).toHaveLength(before);
      });
    },
  );

  it('changes nothing without being allowed to, as the journal would have to change', async () => {
    await withFolder(async (folder) => {
      const copy = copyShop(folder, 2);
      const before = readdirSync(copy).map((name) => [
        name,
        /\./.test(name) && readFileSync(path.join(copy, name), 'utf8'),
      ]);
      const { written } = await makePlan({ paths: [copy], write: true });
      expect(written).toMatchObject({ isDone: false, nextCommand: `evenkeel plan ${copy} --write --force` });
      expect(written?.files.length).toBeGreaterThan(2);
      expect(
        readdirSync(copy).map((name) => [name, /\./.test(name) && readFileSync(path.join(copy, name), 'utf8')]),
      ).toEqual(before);
    });
  });
});
