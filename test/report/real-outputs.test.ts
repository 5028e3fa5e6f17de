import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyMigrations } from '../../src/api/apply-migrations.ts';
import { checkMigrations, explainFiles, planMigrations } from '../../src/api/check-migrations.ts';
import { migrationStatus } from '../../src/api/migration-status.ts';
import { renderReport } from '../../src/report/reporters.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { gitlabValidator, junitComplaints, ownValidator, sarifValidator } from './schema-validators.ts';

/* What the commands really answer is valid by the published schemas, not only what is saved for tests. */

describe.each(['examples/shop/drizzle', 'examples/check/migrations', 'rules/schema.sql'])('%s', (given) => {
  test('check, in every form', async () => {
    const report = await checkMigrations({ paths: [given] });
    const json = (format: 'json' | 'sarif' | 'gitlab'): unknown => JSON.parse(renderReport(report, format).output);
    expect(ownValidator('check')(json('json'))).toEqual([]);
    expect(sarifValidator()(json('sarif'))).toEqual([]);
    expect(gitlabValidator()(json('gitlab'))).toEqual([]);
    expect(await junitComplaints(renderReport(report, 'junit').output)).toEqual([]);
  });
});

test.each(['examples/shop/drizzle', 'examples/incident/migrations'])('explain and plan of %s', async (given) => {
  const schema = given.includes('incident') ? { schemaFile: 'examples/incident/schema.sql' } : {};
  const explained = await explainFiles({ paths: [given], ...schema });
  expect(ownValidator('explain')(JSON.parse(renderReport(explained, 'json').output))).toEqual([]);
  const planned = await planMigrations({ paths: [given], ...schema });
  expect(ownValidator('plan')(JSON.parse(renderReport(planned, 'json').output))).toEqual([]);
});

describe('status', () => {
  let database: TestDatabase;
  let folder = '';
  beforeAll(async () => {
    database = await createTestDatabase(18);
    folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-status-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await database.drop();
  });

  test('with a migration of each kind that a plain run leaves behind', async () => {
    const write = (name: string, sql: string): void => writeFileSync(path.join(folder, name), sql);
    const valid = async (): Promise<readonly string[]> => {
      const report = await migrationStatus({ paths: [folder], databaseUrl: database.url });
      expect(ownValidator('status')(JSON.parse(renderReport(report, 'json').output))).toEqual([]);
      return report.migrations.map(({ state }) => state);
    };
    write('0001.sql', 'CREATE TABLE a (id int PRIMARY KEY, x int);');
    expect(await valid()).toEqual(['pending']);
    const apply = (): Promise<string> =>
      applyMigrations({
        path: folder,
        databaseUrl: database.url,
        through: 'migrate',
        pastGate: null,
        commandLine: 'evenkeel apply',
        onEvent: () => undefined,
        signal: new AbortController().signal,
      });
    await apply();
    write('0002.sql', 'ALTER TABLE a DROP COLUMN x;');
    expect(await apply()).toBe('gated');
    write('0003.sql', 'SELECT 1/0;');
    write('0001.sql', 'CREATE TABLE a (id int PRIMARY KEY);');
    expect(await valid()).toEqual(['edited', 'gated', 'pending']);
  });
});
