import { expect, test } from 'vitest';
import { nextWork } from '../../src/api/next-work.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import type { Connection } from '../../src/db/connection.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import { apply } from '../../src/index.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import { readKnownMigrations } from '../../src/source/read-migrations.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { createTestDatabase } from '../support/test-database.ts';

const scratch = scratchFolder('next-work');

test('what another runner does between two readings is not planned once more', async () => {
  const database = await createTestDatabase(18);
  const client = await database.client();
  await client.query('CREATE TABLE orders (id bigint PRIMARY KEY, total numeric)');
  scratch.write('m/0001.sql', 'ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0);');
  const path = `${scratch.path}/m`;
  await loadParser();
  const known = await readKnownMigrations([path]);
  const connection = await connectPostgres(database.url, { applicationName: 'evenkeel:test' });
  try {
    let isFirst = true;
    const overtaken = async (session: Connection): Promise<Catalog> => {
      if (isFirst) expect(await apply({ path, databaseUrl: database.url })).toBe('completed');
      isFirst = false;
      return readCatalog(session);
    };
    const work = await nextWork(connection, { path, pastGate: null, readCatalog: overtaken }, known);
    expect(work).toMatchObject({ plan: { migrations: [] }, more: false });
  } finally {
    await connection.close();
    await database.drop();
  }
});
