import { beforeAll, expect, test } from 'vitest';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import type { Plan } from '../../src/model/plan.ts';
import { plan } from '../../src/pipeline/plan.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { walkPlan } from '../support/walk-plan.ts';

const SETUP = `CREATE TYPE mood AS ENUM ('glad', 'sad', 'numb');
  CREATE TABLE days (id int PRIMARY KEY, mood mood NOT NULL DEFAULT 'glad', other mood);
  INSERT INTO days SELECT g FROM generate_series(1, 100) g;`;
const NAIVE = `ALTER TYPE mood RENAME TO mood_old; CREATE TYPE mood AS ENUM ('glad', 'sad');
  ALTER TABLE days ALTER mood DROP DEFAULT, ALTER mood TYPE mood USING mood::text::mood, ALTER mood SET DEFAULT 'glad';
  ALTER TABLE days ALTER other TYPE mood USING other::text::mood; DROP TYPE mood_old;`;

beforeAll(() => loadParser());

async function planOn(database: TestDatabase): Promise<Plan> {
  const connection = await connectPostgres(database.url, { applicationName: 'test' });
  const migration = {
    id: 'm',
    path: 'm.sql',
    sql: NAIVE,
    checksum: 'x',
    format: 'sql',
    transaction: 'statement',
    foreignLedgerRow: null,
  } as const;
  try {
    return plan({
      migrations: [{ migration, statements: parseStatements(NAIVE, 'm.sql') }],
      catalog: await readCatalog(connection),
      catalogIsComplete: true,
      version: { engine: 'postgresql', major: 18 },
      timeZone: 'UTC',
    }).plan;
  } finally {
    await connection.close();
  }
}

test('rows with a value that is to go are counted before anything is changed', async () => {
  const database = await createTestDatabase(18);
  const client = await database.client();
  await client.query(`${SETUP} UPDATE days SET mood = 'numb' WHERE id > 97;`);
  const made = await planOn(database);
  const done: string[] = [];
  const walked = walkPlan(made, client, async (step) => {
    if (step !== null) done.push(step.id);
  });
  await expect(walked).rejects.toThrow(/^3 rows of public\.days have a mood that is no more \('numb'\): decide/);
  expect(done).toEqual([]);
  await database.drop();
});

test('a row that old code gives such a value later stops the plan behind the gate, and keeps it', async () => {
  const database = await createTestDatabase(18);
  const client = await database.client();
  await client.query(SETUP);
  const application = await database.client();
  const made = await planOn(database);
  const walked = walkPlan(made, client, async (step) => {
    if (step?.kind === 'gate') await application.query(`UPDATE days SET other = 'numb' WHERE id = 5`);
  });
  await expect(walked).rejects.toThrow(/^1 rows of public\.days have a other that is no more/);
  const { rows } = await application.query('SELECT other::text FROM days WHERE id = 5');
  expect(rows).toEqual([{ other: 'numb' }]);
  await database.drop();
});
