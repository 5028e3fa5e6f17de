import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectPostgres } from '../../src/db/postgres.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { disagreements, emptyDatabase, type Sessions } from './disagreements.ts';
import { SCRIPTS } from './scripts/scripts.ts';

await loadParser();

describe.each([13, 15, 18])('a schema folded and the same read from PostgreSQL %i', (major) => {
  let database: TestDatabase;
  let sessions: Sessions;

  beforeAll(async () => {
    database = await createTestDatabase(major);
    sessions = {
      changing: await connectPostgres(database.url, { applicationName: 'test' }),
      reading: await connectPostgres(database.url, { applicationName: 'test' }),
    };
  });

  afterAll(async () => {
    await sessions.changing.close();
    await sessions.reading.close();
    await database.drop();
  });

  test.each(SCRIPTS.filter((script) => (script.since ?? 0) <= major && major <= (script.until ?? 99)))(
    '$name',
    async (script) => {
      await emptyDatabase(sessions);
      expect(await disagreements(script, sessions)).toEqual([]);
    },
  );
});
