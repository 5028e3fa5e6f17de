import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planMigrations } from '../../src/api/check-migrations.ts';
import type { PlanLoss } from '../../src/model/plan-loss.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-losses-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function lossesOf(
  sql: string,
  source: { databaseUrl?: string; schemaFile?: string },
): Promise<readonly PlanLoss[]> {
  const file = path.join(folder, 'm.sql');
  writeFileSync(file, sql);
  return (await planMigrations({ paths: [file], ...source })).losses;
}

/** A type, values of it, the new type, and how many of the values do not survive. */
const NARROWED: readonly (readonly [from: string, values: string, to: string, inQuestion: number])[] = [
  ['text', `('abc'), ('abcdef'), (NULL), ('')`, 'varchar(5)', 1],
  ['varchar(20)', `('abc'), ('abcdefg'), ('häßlich')`, 'char(6)', 2],
  ['text', `('abc'), ('abcdef')`, 'varchar(5) USING c::varchar(5)', 1],
  ['bigint', '(1), (2147483648), (-2147483649), (NULL)', 'int', 2],
  ['int', '(32767), (32768), (-32768)', 'smallint USING CAST(c AS smallint)', 1],
  ['numeric', `(1), (1.5), (40000), ('NaN')`, 'smallint', 3],
  ['float8', '(1), (2.5), (3e9)', 'int', 2],
  ['numeric(10,2)', `(1.25), (1.5), (100), ('NaN'), (NULL), (999.96)`, 'numeric(4,1)', 2],
  ['timestamp', `('2026-01-01'), ('2026-01-01 10:00'), ('infinity')`, 'date', 1],
  ['timestamptz', `('2026-01-01 10:00:00.123456+00'), ('2026-01-01 10:00:00+00')`, 'timestamptz(0)', 1],
  ['timestamp', `('2026-01-01 10:00'), (NULL)`, 'time', 1],
];

describe.each([13, 18])('rows in question on PostgreSQL %i', (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(major);
    const client = await database.client();
    await client.query(`CREATE TYPE mood AS ENUM ('a', 'b', 'it''s'); CREATE TYPE mood2 AS ENUM ('b')`);
  });
  afterAll(() => database.drop());

  test.each(NARROWED)('%s with %s to %s', async (from, values, to, inQuestion) => {
    const client = await database.client();
    await client.query(
      `DROP TABLE IF EXISTS t; CREATE TABLE t (k serial PRIMARY KEY, c ${from}); INSERT INTO t (c) VALUES ${values}`,
    );
    const sql = `ALTER TABLE t ALTER COLUMN c TYPE ${to};`;
    const [loss, ...others] = await lossesOf(sql, { databaseUrl: database.url });
    expect(others).toEqual([]);
    expect(loss?.rule).toBe('narrowing-type');
    expect(loss?.counts[0]?.counted).toBe(inQuestion);
    // Row by row the server agrees: what the query does not count comes through as it was, what it counts does not.
    const query = loss?.counts[0]?.sql ?? '';
    const condition = query.slice(query.indexOf(' WHERE ') + ' WHERE '.length);
    const { rows } = await client.query(`SELECT k, COALESCE(${condition}, false) AS asked FROM t`);
    for (const { k, asked } of rows) {
      await client.query(`CREATE TEMP TABLE one AS SELECT c, c AS old FROM t WHERE k = ${k}`);
      await client.query(`ALTER TABLE one ALTER COLUMN c TYPE ${from}, ALTER COLUMN old TYPE ${from}`);
      const kept = await client
        .query(sql.replace('TABLE t', 'TABLE one'))
        .then(() => client.query('SELECT c::text = old::text OR c IS NOT DISTINCT FROM old AS same FROM one'))
        .then(
          (answer) => answer.rows[0].same !== false,
          () => false,
        );
      await client.query('DROP TABLE one');
      if (!to.startsWith('time')) expect(kept, `row ${k}`).toBe(!asked);
    }
  });

  test.each(['c::text::mood2', '(c::text)::mood2', '"c"::text::public.mood2'])(
    'a value that an enum loses: %s',
    async (using) => {
      const client = await database.client();
      await client.query(
        `DROP TABLE IF EXISTS t; CREATE TABLE t (c mood); INSERT INTO t VALUES ('a'), ('b'), ('it''s')`,
      );
      const [loss] = await lossesOf(`ALTER TABLE t ALTER COLUMN c TYPE mood2 USING ${using};`, {
        databaseUrl: database.url,
      });
      expect(loss).toMatchObject({
        rule: 'enum-recreated',
        counts: [{ counted: 2, sql: `SELECT count(*) FROM public.t WHERE c::text IN ('a', 'it''s')` }],
      });
    },
  );

  test('what is dropped, emptied, or dropped and added again', async () => {
    const client = await database.client();
    await client.query(`DROP TABLE IF EXISTS t; CREATE TABLE t (k int, "C d" text); INSERT INTO t VALUES (1, 'a'), (2, NULL), (3, 'c');
      CREATE TABLE parts (k int) PARTITION BY LIST (k); CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
      INSERT INTO parts VALUES (1), (1)`);
    const losses = await lossesOf(
      `ALTER TABLE t DROP COLUMN "C d";\nALTER TABLE t ADD COLUMN "C d" int;\nTRUNCATE parts;\n-- evenkeel-ignore data-loss: empty since 2020\nDROP TABLE t;`,
      { databaseUrl: database.url },
    );
    expect(
      losses.map(({ line, rule, accepted, counts }) => [line, rule, accepted, ...counts.map(({ counted }) => counted)]),
    ).toEqual([
      [1, 'data-loss', null, 2],
      [2, 'drop-then-add-column', null],
      [3, 'truncate', null, 2],
      [5, 'drop-table', 'empty since 2020', 3],
    ]);
    await client.query('DROP TABLE parts');
  });

  test('what a policy hides is not counted too small', async () => {
    const client = await database.client();
    const role = `reader_${process.pid}_${major}`;
    await client.query(`DROP TABLE IF EXISTS t; CREATE TABLE t (k int, v int); INSERT INTO t VALUES (1, 7), (2, 8);
      ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (k > 1);
      CREATE ROLE ${role} LOGIN; GRANT SELECT ON t TO ${role}`);
    const sql = 'ALTER TABLE t DROP COLUMN v;';
    const hidden = await lossesOf(sql, { databaseUrl: database.url.replace('postgres@', `${role}@`) });
    expect(hidden[0]?.counts).toMatchObject([{ counted: null }]);
    expect((await lossesOf(sql, { databaseUrl: database.url }))[0]?.counts).toMatchObject([{ counted: 2 }]);
    await client.query(`DROP TABLE t; DROP ROLE ${role}`);
  });

  test('what is not there yet is not counted', async () => {
    const [first, second] = ['CREATE TABLE later (k int, x int);', 'ALTER TABLE later DROP COLUMN x;'].map(
      (sql, index) => {
        const file = path.join(folder, `${index}.sql`);
        writeFileSync(file, sql);
        return file;
      },
    );
    const { losses } = await planMigrations({ paths: [first ?? '', second ?? ''], databaseUrl: database.url });
    expect(losses).toMatchObject([{ rule: 'data-loss', counts: [{ relation: 'public.later', counted: null }] }]);
  });
});

test('without a server nothing is counted, and a query tells how', async () => {
  const schemaFile = path.join(folder, 'schema.txt');
  writeFileSync(schemaFile, 'CREATE TABLE t (a int, b text, total numeric);');
  const losses = await lossesOf(
    `ALTER TABLE t DROP COLUMN a;\nALTER TABLE t ALTER COLUMN total TYPE int USING (total * 100)::int;`,
    { schemaFile },
  );
  expect(losses.map(({ counts }) => counts)).toEqual([
    [
      {
        relation: 'public.t',
        rowsEstimate: null,
        sql: 'SELECT count(*) FROM public.t WHERE a IS NOT NULL',
        counted: null,
      },
    ],
    // What the expression makes of a value no query of ours can tell.
    [{ relation: 'public.t', rowsEstimate: null, sql: null, counted: null }],
  ]);
});
