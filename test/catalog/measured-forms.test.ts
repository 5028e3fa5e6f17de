import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { catalogDifferences } from '../../src/catalog/catalog-differences.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import { readCatalogInTransaction } from '../../src/catalog/read/read-catalog-in-transaction.ts';
import type { Connection } from '../../src/db/connection.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

interface Form {
  readonly id: string;
  readonly schema: string;
  readonly setup: string | null;
  readonly sql: string;
  readonly transaction: 'any' | 'outside-only';
  readonly error: object | null;
}

/** Forms whose effect cannot be told from the statement; their facts are `unknown`, or say so. */
const NOT_FOLDED: ReadonlySet<string> = new Set([
  // ALTER FUNCTION is opaque, and a DO block may do anything.
  'function/alter',
  'function/do-block',
  // The columns of a query over more than one table are left out.
  'table/create-as-join',
  'table/create-as-view',
  // These want a tablespace of the measuring's own.
  'index/set-tablespace-other',
  'table/set-tablespace-other',
  // FORCE without ENABLE counts as forced, see `alter-table.ts`.
  'table/force-row-security',
]);

const MAJOR = 18;

await loadParser();

const measured = JSON.parse(readFileSync(`measured/postgresql-${MAJOR}.json`, 'utf8')) as {
  readonly forms: readonly Form[];
};
const forms = measured.forms.filter(
  (form) => form.error === null && form.transaction === 'any' && !NOT_FOLDED.has(form.id),
);

describe.each([...new Set(forms.map((form) => form.schema))])('the measured forms on the schema %s', (schema) => {
  const ddl = readFileSync(`measured/schemas/${schema}.sql`, 'utf8');
  const base = fold(emptyCatalog(MAJOR), ddl);
  let database: TestDatabase;
  let connection: Connection;

  beforeAll(async () => {
    database = await createTestDatabase(MAJOR);
    connection = await connectPostgres(database.url, { applicationName: 'test' });
    await connection.execute(ddl);
  });

  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  test('leave the schema that was folded', async () => {
    const disagreements: string[] = [];
    for (const form of forms.filter((one) => one.schema === schema)) {
      const sql = `${form.setup ?? ''};\n${form.sql}`;
      await connection.execute('BEGIN');
      await connection.execute(sql);
      const live = await readCatalogInTransaction(connection);
      await connection.execute('ROLLBACK');
      const differences = catalogDifferences(withoutTemporary(fold(base, sql)), live, { expressions: 'meaning' });
      disagreements.push(...differences.map((difference) => `${form.id}: ${difference}`));
    }
    expect(disagreements).toEqual([]);
  });
});

function fold(catalog: Catalog, sql: string): Catalog {
  return parseStatements(sql, 'form').reduce(applyStatement, catalog);
}

function withoutTemporary(catalog: Catalog): Catalog {
  const kept = Object.entries(catalog.relations).filter(([, relation]) => relation.name.schema !== 'pg_temp');
  return { ...catalog, relations: Object.fromEntries(kept) };
}
