import { beforeAll, describe, expect, test } from 'vitest';
import { RECIPE_CASES, type RecipeCase } from '../../measure/prove/recipe-cases.ts';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { catalogDifferences } from '../../src/catalog/catalog-differences.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import type { PlanReport } from '../../src/model/report.ts';
import { check } from '../../src/pipeline/check.ts';
import { plan } from '../../src/pipeline/plan.ts';
import { RECIPE_NAMES } from '../../src/plan/recipe.ts';
import { SEQUENCE_RECIPES } from '../../src/plan/recipes.ts';
import { type CatalogLines, lineDifferences, readCatalogLines } from '../../src/prove/catalog-lines.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { quoteIdentifier } from '../../src/sql/postgres/quote.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { walkPlan } from '../support/walk-plan.ts';

const MAJORS = [13, 15, 18];

beforeAll(() => loadParser());

async function catalogOf(database: TestDatabase): Promise<Catalog> {
  const connection = await connectPostgres(database.url, { applicationName: 'test' });
  try {
    return await readCatalog(connection);
  } finally {
    await connection.close();
  }
}

async function linesOf(database: TestDatabase): Promise<CatalogLines> {
  const connection = await connectPostgres(database.url, { applicationName: 'test' });
  try {
    return await readCatalogLines(connection);
  } finally {
    await connection.close();
  }
}

function migrationOf(sql: string): Parameters<typeof plan>[0]['migrations'] {
  const migration = {
    id: 'case',
    path: 'case.sql',
    sql,
    checksum: 'x',
    format: 'sql' as const,
    transaction: 'statement' as const,
    foreignLedgerRow: null,
  };
  return [{ migration, statements: parseStatements(sql, 'case.sql') }];
}

function planOf(sql: string, catalog: Catalog, major: number): PlanReport {
  const version = { engine: 'postgresql' as const, major };
  return plan({ migrations: migrationOf(sql), catalog, catalogIsComplete: true, version, timeZone: 'UTC' });
}

/** Every row of every table as text, columns by name, so that two databases can be compared whatever the order. */
async function rowsOf(database: TestDatabase, catalog: Catalog): Promise<Record<string, unknown>> {
  const client = await database.client();
  const rows: Record<string, unknown> = {};
  for (const [key, relation] of Object.entries(catalog.relations)) {
    if (relation.kind === 'sequence' || relation.kind === 'view') continue;
    const columns = relation.kind === 'table' ? relation.columns.map((column) => column.name).sort() : null;
    // A random value is another one in each database; that it is there is what counts.
    const list =
      columns
        ?.map((name) =>
          /token$/i.test(name.replace('"', '')) ? `${quoteIdentifier(name)} IS NOT NULL` : quoteIdentifier(name),
        )
        .join(', ') ?? '*';
    rows[key] = (await client.query({ text: `SELECT ${list} FROM ${key}`, rowMode: 'array' })).rows
      .map((row) => JSON.stringify(row))
      .sort();
  }
  return rows;
}

test('every recipe has a case', () => {
  expect([...new Set(RECIPE_CASES.flatMap((one) => one.recipe ?? []))].sort()).toEqual([...RECIPE_NAMES].sort());
});

function casesOf(major: number): readonly RecipeCase[] {
  return RECIPE_CASES.filter((one) => (one.since ?? 0) <= major && major <= (one.until ?? 99));
}

describe.each(MAJORS)('on PostgreSQL %i', (major) => {
  test.each(casesOf(major))('$name: ends where the naive way ends, with the same rows', async (one) => {
    const naive = await createTestDatabase(major);
    const safe = await createTestDatabase(major);
    const naiveClient = await naive.client();
    await naiveClient.query(one.setup);
    await naiveClient.query(one.sql);
    const client = await safe.client();
    await client.query(one.setup);
    const report = planOf(one.sql, await catalogOf(safe), major);
    await walkPlan(report.plan, client, async () => undefined);
    const expected = await catalogOf(naive);
    const actual = await catalogOf(safe);
    expect(catalogDifferences(expected, actual, { columnOrder: 'ignore' })).toEqual([]);
    expect(lineDifferences(await linesOf(naive), await linesOf(safe))).toEqual([]);
    expect(await rowsOf(safe, actual)).toEqual(await rowsOf(naive, expected));
    await Promise.all([naive.drop(), safe.drop()]);
  });

  test.each(casesOf(major))('$name: old and new statements work between every two steps', async (one) => {
    const database = await createTestDatabase(major);
    const client = await database.client();
    const application = await database.client();
    await client.query(one.setup);
    const { plan: steps } = planOf(one.sql, await catalogOf(database), major);
    const gateAt = steps.migrations[0]?.steps.findIndex((step) => step.kind === 'gate') ?? -1;
    let done = -1;
    await walkPlan(steps, client, async (step) => {
      if (step !== null) done += 1;
      const isBeforeGate = gateAt === -1 || done < gateAt;
      const isExpanded = gateAt === -1 ? step === steps.migrations[0]?.steps.at(-1) : done >= gateAt - 1;
      for (const sql of isBeforeGate ? one.old : []) await application.query(sql);
      for (const sql of isExpanded ? one.new : []) await application.query(sql);
    });
    await database.drop();
  });

  test.each(casesOf(major))('$name: no step is a finding of our own check', async (one) => {
    const database = await createTestDatabase(major);
    const client = await database.client();
    await client.query(one.setup);
    let catalog = await catalogOf(database);
    const { plan: steps } = planOf(one.sql, catalog, major);
    for (const step of steps.migrations[0]?.steps ?? []) {
      const sql =
        step.kind === 'transaction'
          ? step.sql.filter((text) => !text.startsWith('DO ')).join(';\n')
          : step.kind === 'concurrent-index'
            ? step.sql
            : '';
      const version = { engine: 'postgresql' as const, major };
      const report = check({
        migrations: migrationOf(sql),
        catalog,
        context: 'plan',
        planCommand: '-',
        version,
        timeZone: 'UTC',
        catalogIsComplete: true,
      });
      const grave = report.findings.filter(
        (finding) => finding.severity === 'error' || finding.rule === 'unknown-effect',
      );
      expect(grave.map((finding) => `${step.id}: ${finding.rule} ${finding.title}`)).toEqual([]);
      const only: PlanReport['plan'] = { ...steps, migrations: [{ ...steps.migrations[0]!, steps: [step] }] };
      await walkPlan(only, client, async () => undefined);
      catalog = await catalogOf(database);
    }
    await database.drop();
  });
});

/** `check` looks at one statement at a time, and names the recipes of the single ones. */
const IN_SEQUENCE: ReadonlySet<string | null> = new Set(SEQUENCE_RECIPES.map(({ name }) => name));

test.each(casesOf(18).filter(({ recipe }) => !IN_SEQUENCE.has(recipe)))(
  '$name: the recipe is the one that was meant',
  (one) => {
    const catalog = parseStatements(one.setup, 'setup').reduce(
      (schema, statement) => applyStatement(schema, statement),
      emptyCatalog(18),
    );
    const version = { engine: 'postgresql' as const, major: 18 };
    const report = check({
      migrations: migrationOf(one.sql),
      catalog,
      context: 'setup',
      planCommand: '-',
      version,
      timeZone: 'UTC',
      catalogIsComplete: true,
    });
    // A finding that is not about how the statement works has no recipe.
    const recipes = new Set(report.findings.flatMap((finding) => finding.recipe ?? []));
    expect(recipes).toEqual(report.findings.length === 0 || one.recipe === null ? new Set() : new Set([one.recipe]));
  },
);
