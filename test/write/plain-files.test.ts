import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectPostgres } from '../../src/db/postgres.ts';
import { apply, check, makePlan } from '../../src/index.ts';
import { lineDifferences, readCatalogLines } from '../../src/prove/catalog-lines.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { RECIPE_CASES, type RecipeCase } from '../plan/recipe-cases.ts';
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

describe.each([13, 18])('plans written as plain files, on PostgreSQL %i', (major) => {
  it.each(casesOf(major))('$name: psql ends where the naive way ends', async (one) => {
    const naive = await databaseWith(major, [one.setup, one.sql]);
    const [safe, whole] = [await databaseWith(major, [one.setup]), await databaseWith(major, [one.setup])];
    await withFolder(async (folder) => {
      const file = path.join(folder, '0001_naive.sql');
      const { isDone, files } = await writeInstead(file, `${one.sql};\n`, safe.url);
      expect(isDone).toBe(true);
      const texts = files.length === 0 ? [readFileSync(file, 'utf8')] : files.map(({ path: at }) => readFileSync(at, 'utf8'));
      expect(texts).toEqual(files.length === 0 ? [`${one.sql};\n`] : files.map(({ text }) => text));
      const [psql, sender] = [await safe.client(), await whole.client()];
      for (const text of texts) await runAsPsql(psql, text);
      // A client that sends each file as one message has to get as far.
      for (const text of texts) await sender.query(text);
      expect(await differences(naive, safe)).toEqual([]);
      expect(await differences(naive, whole)).toEqual([]);
    });
    await Promise.all([naive.drop(), safe.drop(), whole.drop()]);
  });

  it.each(casesOf(major))('$name: what is written is no finding, and is planned as it stands', async (one) => {
    const naive = await databaseWith(major, [one.setup, one.sql]);
    const safe = await databaseWith(major, [one.setup]);
    await withFolder(async (folder) => {
      const { files } = await writeInstead(path.join(folder, '0001_naive.sql'), `${one.sql};\n`, safe.url);
      const options = { paths: [folder], databaseUrl: safe.url };
      const { findings } = await check(options);
      const errors = findings.filter(({ severity }) => severity === 'error');
      if (files.length > 0) expect(errors.map(({ path: at, rule, title }) => `${at} ${rule}: ${title}`)).toEqual([]);
      const { plan, written } = await makePlan({ ...options, write: true });
      expect(written?.files.map(({ path: at }) => at)).toEqual([]);
      if (files.length > 0) expect(plan.migrations.map(({ steps }) => steps.length)).toEqual(files.map(() => 1));
      const outcome = await apply({
        path: folder,
        databaseUrl: safe.url,
        through: 'contract',
        pastGate: null,
        commandLine: 'evenkeel apply',
        onEvent: () => undefined,
        signal: new AbortController().signal,
      });
      expect(outcome).toBe('completed');
      expect(await differences(naive, safe)).toEqual([]);
    });
    await Promise.all([naive.drop(), safe.drop()]);
  });
});
