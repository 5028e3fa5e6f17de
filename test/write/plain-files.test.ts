import { readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { RECIPE_CASES, type RecipeCase } from '../../measure/prove/recipe-cases.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import { apply, check, makePlan } from '../../src/index.ts';
import { lineDifferences, readCatalogLines } from '../../src/prove/catalog-lines.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { runAsPsql, withFolder, writeInstead } from './run-files.ts';

beforeAll(() => loadParser());

function casesOf(major: number): readonly RecipeCase[] {
  return RECIPE_CASES.filter((one) => (one.since ?? 0) <= major && major <= (one.until ?? 99));
}

async function databaseWith(major: number, sql: readonly string[]): Promise<TestDatabase> {
  const database = await createTestDatabase(major);
  const client = await database.client();
  for (const one of sql) await client.query(one);
  return database;
}

async function differences(expected: TestDatabase, actual: TestDatabase): Promise<readonly string[]> {
  const lines = await Promise.all(
    [expected, actual].map(async ({ url }) => {
      const connection = await connectPostgres(url, { applicationName: 'test' });
      try {
        // The ledger of a guarded run is no part of what the migration meant.
        return new Map([...(await readCatalogLines(connection))].filter(([key]) => !/\bevenkeel\./.test(key)));
      } finally {
        await connection.close();
      }
    }),
  );
  return lineDifferences(lines[0]!, lines[1]!).filter((line) => !/schema evenkeel|evenkeel\.\w/.test(line));
}

const SENT = [
  [13, 'sent as one message each', (client: pg.Client, text: string) => client.query(text)],
  [18, 'sent statement by statement, as psql does', runAsPsql],
] as const;

describe.each(SENT)('plans written as plain files, on PostgreSQL %i %s', (major, _, send) => {
  it.each(casesOf(major))('$name: end where the naive way ends', async (one) => {
    const [naive, safe] = [await databaseWith(major, [one.setup, one.sql]), await databaseWith(major, [one.setup])];
    await withFolder(async (folder) => {
      const file = path.join(folder, '0001_naive.sql');
      const { isDone, files } = await writeInstead(file, `${one.sql};\n`, safe.url);
      expect(isDone).toBe(true);
      const paths = files.length === 0 ? [file] : files.map((written) => written.path);
      const client = await safe.client();
      for (const one of paths) await send(client, readFileSync(one, 'utf8'));
      expect(await differences(naive, safe)).toEqual([]);
    });
    await Promise.all([naive.drop(), safe.drop()]);
  });
});

it.each(casesOf(18))('$name: what is written is no finding, is planned as it stands, and applied so', async (one) => {
  const [naive, safe] = [await databaseWith(18, [one.setup, one.sql]), await databaseWith(18, [one.setup])];
  await withFolder(async (folder) => {
    const { files } = await writeInstead(path.join(folder, '0001_naive.sql'), `${one.sql};\n`, safe.url);
    const options = { paths: [folder], databaseUrl: safe.url };
    const { findings } = await check(options);
    const errors = findings.filter(({ severity }) => severity === 'error');
    if (files.length > 0) expect(errors.map(({ path: at, rule, title }) => `${at} ${rule}: ${title}`)).toEqual([]);
    const { plan, written } = await makePlan({ ...options, write: true });
    expect(written?.files.map(({ path: at }) => at)).toEqual([]);
    if (files.length > 0) expect(plan.migrations.map(({ steps }) => steps.length)).toEqual(files.map(() => 1));
    expect(await applied(folder, safe)).toBe('completed');
    expect(await differences(naive, safe)).toEqual([]);
  });
  await Promise.all([naive.drop(), safe.drop()]);
});

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
