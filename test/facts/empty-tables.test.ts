import { beforeAll, expect, test } from 'vitest';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import { judgeStatements } from '../../src/pipeline/judge-statements.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

beforeAll(() => loadParser());

const SCHEMA = 'CREATE TABLE products (id int PRIMARY KEY); CREATE TABLE old (product_id int);';

/** What the last statement of a file reads in full. */
function scansOf(sql: string): readonly string[] {
  const catalog = parseStatements(SCHEMA, 'schema.sql').reduce(applyStatement, emptyCatalog(18));
  const version = { engine: 'postgresql', major: 18 } as const;
  const statements = parseStatements(sql, 'x.sql');
  const { steps } = judgeStatements(statements, catalog, { version, timeZone: 'UTC', catalogIsComplete: true });
  return steps.at(-1)?.facts.scans ?? [];
}

const KEY = 'FOREIGN KEY (product_id) REFERENCES products';

test('a foreign key of a table that the file has just made looks nothing up', () => {
  expect(scansOf(`CREATE TABLE reviews (product_id int); ALTER TABLE reviews ADD ${KEY}`)).toEqual(['public.reviews']);
});

test('nor does it where only others were filled', () => {
  const sql = `CREATE TABLE reviews (product_id int); INSERT INTO old VALUES (1); ALTER TABLE reviews ADD ${KEY}`;
  expect(scansOf(sql)).toEqual(['public.reviews']);
});

test.each([
  ['the table was there before', ''],
  ['rows were put in', 'CREATE TABLE reviews (product_id int); INSERT INTO reviews VALUES (1);'],
  ['code may have put rows in', 'CREATE TABLE reviews (product_id int); DO $$ BEGIN PERFORM 1; END $$;'],
  ['a function may have put rows in', 'CREATE TABLE reviews (product_id int); SELECT fill_reviews();'],
  ['it was made of a query', 'CREATE TABLE reviews AS SELECT product_id FROM old;'],
])('it reads both tables where %s', (_why, before) => {
  const table = before === '' ? 'old' : 'reviews';
  expect(scansOf(`${before} ALTER TABLE ${table} ADD ${KEY}`)).toEqual(['public.products', `public.${table}`].sort());
});

test('the schema that was given is taken for full', () => {
  expect(scansOf(`ALTER TABLE old ADD ${KEY}`)).toEqual(['public.old', 'public.products']);
});
