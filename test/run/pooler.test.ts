import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PoolerError } from '../../src/model/error.ts';
import { type Pgbouncer, type PoolMode, startPgbouncer, whyNoPgbouncer } from '../support/start-pgbouncer.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { migration, plan, transactionStep } from './plan-fixture.ts';
import { createOrders, run, value } from './run-support.ts';

const missing = whyNoPgbouncer();
const addColumn = plan(
  migration('0001_column', [
    transactionStep('01-add', 'ALTER TABLE orders ADD COLUMN extra int', { locks: ['public.orders ACCESS EXCLUSIVE'] }),
  ]),
);
const SETTINGS = `SELECT name, setting FROM pg_settings
  WHERE name IN ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout', 'default_transaction_isolation')
  ORDER BY name`;

describe.skipIf(missing !== null)(`a run through PgBouncer${missing === null ? '' : ` (${missing})`}`, () => {
  let database: TestDatabase;
  const started: Pgbouncer[] = [];
  beforeAll(async () => {
    database = await createTestDatabase(18);
  });
  beforeEach(async () => {
    const client = await database.client();
    await client.query('DROP TABLE IF EXISTS orders; DROP SCHEMA IF EXISTS evenkeel CASCADE');
    await createOrders(client, 10);
  });
  afterAll(async () => {
    for (const bouncer of started) await bouncer.stop();
    await database.drop();
  });

  async function bouncerUrl(mode: PoolMode): Promise<string> {
    const bouncer = await startPgbouncer({ serverPort: database.port, mode });
    started.push(bouncer);
    return bouncer.url(database.name);
  }

  async function settingsThrough(url: string): Promise<unknown> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(SETTINGS)).rows;
    } finally {
      await client.end();
    }
  }

  test.each<PoolMode>(['transaction', 'statement'])(
    'in %s mode it is refused before anything is set or written',
    async (mode) => {
      const url = await bouncerUrl(mode);
      const before = await settingsThrough(url);
      const refusal = await run(database, addColumn, { url }).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(PoolerError);
      expect(refusal).toMatchObject({ exitCode: 2, recovery: 'fix' });
      expect(await settingsThrough(url)).toEqual(before);
      const client = await database.client();
      expect(await value(client, "SELECT count(*)::int FROM pg_namespace WHERE nspname = 'evenkeel'")).toBe(0);
    },
  );

  test('in session mode it runs as it does without', async () => {
    const url = await bouncerUrl('session');
    expect((await run(database, addColumn, { url })).outcome).toBe('completed');
    expect(await settingsThrough(url)).toEqual(await settingsThrough(database.url));
  });
});
