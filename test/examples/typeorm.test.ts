import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { apply, check, makePlan, status } from '../../src/index.ts';
import { MigrationCodeError } from '../../src/model/error.ts';
import { snapshotJson } from '../../src/snapshot/snapshot-json.ts';
import { readMigrations } from '../../src/source/read-migrations.ts';
import { takeSnapshot } from '../snapshot/snapshot-support.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const shop = fileURLToPath(new URL('../../examples/typeorm', import.meta.url));
/** As TypeORM 1.1.1 makes it (test/tools compares it with what Evenkeel makes). */
const LEDGER = `CREATE TABLE "migrations" ("id" SERIAL NOT NULL, "timestamp" bigint NOT NULL, "name" character varying NOT NULL,
  CONSTRAINT "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY ("id"))`;
const UNREADABLE = `import { MigrationInterface, QueryRunner, Table } from "typeorm";
export class Audit1760000050000 implements MigrationInterface {
    public async up(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.createTable(new Table({ name: 'audit' }));
    }
    public async down(queryRunner: QueryRunner): Promise<void> {}
}
`;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

async function database(): Promise<TestDatabase> {
  const made = await createTestDatabase(18);
  cleanups.push(() => made.drop());
  return made;
}

function copy(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-typeorm-shop-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(shop, folder, { recursive: true });
  return path.join(folder, 'src/migrations');
}

/** What TypeORM leaves behind that has run the first two. */
async function withTwoApplied(folder: string): Promise<TestDatabase> {
  const made = await database();
  const client = await made.client();
  await client.query(LEDGER);
  const migrations = await readMigrations([folder]);
  for (const { sql, code } of migrations.slice(0, 2)) {
    await client.query(sql);
    await client.query(`INSERT INTO migrations ("timestamp", name) VALUES (${code?.name.slice(-13)}, '${code?.name}')`);
  }
  await client.query(`INSERT INTO customer (email) SELECT n || '@shop.example' FROM generate_series(1, 50) n;
    INSERT INTO "order" ("customerId", total) SELECT 1 + n % 50, n FROM generate_series(1, 2500) n`);
  return made;
}

function applied(folder: string, { url }: TestDatabase): Promise<string> {
  return apply({
    path: folder,
    databaseUrl: url,
    through: 'contract',
    pastGate: null,
    commandLine: 'evenkeel apply',
    onEvent: () => undefined,
    signal: new AbortController().signal,
  });
}

it('is found at the lines of its files', async () => {
  const { findings, problems } = await check({ paths: [path.join(shop, 'src/migrations')] });
  expect(problems).toEqual([]);
  const errors = findings.filter(({ severity }) => severity === 'error');
  expect(errors.map(({ path: at, rule, span }) => `${path.basename(at)}:${span.line}:${span.column} ${rule}`)).toEqual([
    '1760000100000-OrderIndexes.ts:7:34 index-create-blocking',
    '1760000100000-OrderIndexes.ts:8:34 unique-builds-index',
    '1760000100000-OrderIndexes.ts:8:34 strong-lock-held',
    '1760000200000-OrderCustomer.ts:7:34 foreign-key-validating',
    '1760000300000-OrderPublicId.ts:7:34 add-column-volatile-default',
    '1760000400000-OrderTotalBigint.ts:8:34 drop-then-add-column',
    '1760000400000-OrderTotalBigint.ts:10:34 drop-then-add-column',
  ]);
});

it('goes on where TypeORM has stopped, and leaves the rows that TypeORM would have left', async () => {
  const folder = copy();
  const made = await withTwoApplied(folder);
  const report = await makePlan({ paths: [folder], databaseUrl: made.url });
  expect(report.plan.migrations.map(({ id }) => id)).toEqual([
    '1760000200000-OrderCustomer',
    '1760000300000-OrderPublicId',
    '1760000400000-OrderTotalBigint',
  ]);
  expect(await applied(folder, made)).toBe('completed');
  const { rows } = await (await made.client()).query('SELECT id, "timestamp", name FROM migrations ORDER BY id');
  const migrations = await readMigrations([folder]);
  expect(rows).toEqual(
    migrations.map(({ code }, index) => ({ id: index + 1, timestamp: code?.name.slice(-13), name: code?.name })),
  );
  const { rows: after } = await (await made.client()).query(
    `SELECT count(*)::int AS orders, count(DISTINCT "publicId")::int AS ids FROM "order"`,
  );
  expect(after).toEqual([{ orders: 2500, ids: 2500 }]);
  const { migrations: states } = await status({ paths: [folder], databaseUrl: made.url });
  expect(states.map(({ state, note }) => [state, note])).toEqual([
    ['applied', 'applied by typeorm, not by Evenkeel'],
    ['applied', 'applied by typeorm, not by Evenkeel'],
    ['applied', null],
    ['applied', null],
    ['applied', null],
  ]);
});

it('makes a ledger of TypeORM where there is none', async () => {
  const [ours, theirs] = [await database(), await database()];
  const folder = copy();
  await (await theirs.client()).query(LEDGER);
  expect(await applied(folder, ours)).toBe('completed');
  const shape = async (made: TestDatabase): Promise<unknown> =>
    (
      await (
        await made.client()
      ).query(`SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = a.attrelid AND adnum = a.attnum) AS value,
        (SELECT conname FROM pg_constraint WHERE conrelid = a.attrelid AND contype = 'p') AS key
        FROM pg_attribute a WHERE a.attrelid = 'public.migrations'::regclass AND a.attnum > 0 ORDER BY a.attnum`)
    ).rows;
  expect(await shape(ours)).toEqual(await shape(theirs));
});

it('what is applied need not be read any more, and what is pending has to be', async () => {
  const folder = copy();
  const made = await withTwoApplied(folder);
  const file = path.join(folder, '1760000050000-Audit.ts');
  writeFileSync(file, UNREADABLE);
  await expect(applied(folder, made)).rejects.toThrow(MigrationCodeError);
  await expect(makePlan({ paths: [folder], databaseUrl: made.url })).rejects.toThrow(/createTable makes its SQL/);
  const client = await made.client();
  await client.query(`INSERT INTO migrations ("timestamp", name) VALUES (1760000050000, 'Audit1760000050000')`);
  const snapshot = path.join(folder, '..', 'production.json');
  writeFileSync(snapshot, snapshotJson(await takeSnapshot(made.url)));
  for (const against of [{ databaseUrl: made.url }, { schemaFile: snapshot }]) {
    const report = await check({ paths: [folder], ...against });
    expect(report.problems).toEqual([]);
    expect(report.files).toHaveLength(3);
  }
  expect(await applied(folder, made)).toBe('completed');
});
