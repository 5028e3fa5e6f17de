import { beforeAll, describe, expect, test } from 'vitest';
import { RECIPE_CASES, type RecipeCase } from '../../measure/prove/recipe-cases.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import type { Step } from '../../src/model/plan.ts';
import type { PlanReport } from '../../src/model/report.ts';
import { plan } from '../../src/pipeline/plan.ts';
import { type CatalogLines, lineDifferences, readCatalogLines } from '../../src/prove/catalog-lines.ts';
import { readRowDigests } from '../../src/prove/row-digests.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { walkPlan } from '../support/walk-plan.ts';

/* Where the rollout says that everything so far can be taken back, it can. */

beforeAll(() => loadParser());

async function read<Answer>(
  database: TestDatabase,
  reader: (connection: Awaited<ReturnType<typeof connectPostgres>>) => Promise<Answer>,
): Promise<Answer> {
  const connection = await connectPostgres(database.url, { applicationName: 'test' });
  try {
    return await reader(connection);
  } finally {
    await connection.close();
  }
}

function planOf(sql: string, catalog: Catalog, major: number): PlanReport {
  const migration = {
    id: 'case',
    path: 'case.sql',
    sql,
    checksum: 'x',
    format: 'sql' as const,
    transaction: 'statement' as const,
    foreignLedgerRow: null,
  };
  const migrations = [{ migration, statements: parseStatements(sql, 'case.sql') }];
  const version = { engine: 'postgresql' as const, major };
  return plan({ migrations, catalog, catalogIsComplete: true, version, timeZone: 'UTC' });
}

/** Schema and rows; what a materialized view holds can be asked for again. */
async function stateOf(database: TestDatabase): Promise<CatalogLines> {
  const [lines, rows] = [await read(database, readCatalogLines), await read(database, readRowDigests)];
  const views = await (await database.client()).query(
    `SELECT format('rows of %I.%I', schemaname, matviewname) AS object FROM pg_matviews`,
  );
  const asked = new Set(views.rows.map(({ object }) => object));
  return new Map([...lines, ...[...rows].filter(([object]) => !asked.has(object))]);
}

interface WayBack {
  readonly steps: readonly Step[];
  readonly undo: readonly string[];
}

/** The stages that can be taken back: the steps of the plan up to their end. */
function waysBack({ rollout, plan: made }: PlanReport): readonly WayBack[] {
  const steps = made.migrations[0]?.steps ?? [];
  return rollout.flatMap(({ fallback: { undo }, steps: own, gate }) => {
    const end = steps.findIndex(({ id }) => id === (own.at(-1) ?? gate)) + 1;
    return undo === null ? [] : [{ steps: steps.slice(0, end), undo }];
  });
}

describe.each([13, 18])('on PostgreSQL %i', (major) => {
  const cases: readonly RecipeCase[] = RECIPE_CASES.filter(
    (one) => (one.since ?? 0) <= major && major <= (one.until ?? 99),
  );

  test.each(cases)('$name: what is said to be taken back is', async (one) => {
    const probe = await createTestDatabase(major);
    await (await probe.client()).query(one.setup);
    const report = planOf(one.sql, await read(probe, readCatalog), major);
    const before = await stateOf(probe);
    await probe.drop();
    for (const { steps, undo } of waysBack(report)) {
      const database = await createTestDatabase(major);
      const client = await database.client();
      await client.query(one.setup);
      const migrations = report.plan.migrations.map((migration) => ({ ...migration, steps }));
      await walkPlan({ ...report.plan, migrations }, client, async () => undefined);
      for (const sql of undo) await client.query(sql);
      expect(lineDifferences(before, await stateOf(database))).toEqual([]);
      await database.drop();
    }
  });
});
