import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { exampleTerms } from '../support/rule-example.ts';
import { faultsIn, type GivenFile, traceSql } from './trace-sql.ts';

const SCHEMA = readFileSync('rules/schema.sql', 'utf8');

const EXAMPLES: readonly GivenFile[] = readdirSync('rules')
  .flatMap((rule) => ['bad', 'good'].map((kind) => `rules/${rule}/${kind}.sql`))
  .filter((path) => existsSync(path))
  .map((path) => {
    const sql = readFileSync(path, 'utf8');
    return { path, sql, transaction: exampleTerms(sql).transaction };
  });

const SHOP = readdirSync('examples/shop/sql')
  .sort()
  .map((file) => ({ path: file, sql: readFileSync(`examples/shop/sql/${file}`, 'utf8') }));

beforeAll(loadParser);

test.each([13, 18])('no example of a rule is wrong on PostgreSQL %i', { timeout: 600_000 }, async (major) => {
  const files = EXAMPLES.filter(({ sql }) => major === 13 || exampleTerms(sql).major === major);
  const traced = await traceSql({ major, schema: SCHEMA, files });
  expect(faultsIn(traced)).toEqual([]);
  expect(traced.statements.length).toBeGreaterThan(files.length);
  expect(traced.statements.filter((one) => one.traced.verdict === 'as-derived').length).toBeGreaterThan(
    traced.statements.length * 0.8,
  );
});

test.each([
  [13, 'statement'],
  [16, 'file'],
  [18, 'file'],
] as const)('the shop is as derived on PostgreSQL %i, a transaction a %s', async (major, transaction) => {
  const files = SHOP.map((file) => ({ ...file, transaction }));
  const { statements } = await traceSql({ major, files, order: 'in-order' });
  expect(statements).toHaveLength(29);
  expect(statements.filter((one) => one.traced.verdict !== 'as-derived' || one.traced.error !== null)).toEqual([]);
});
