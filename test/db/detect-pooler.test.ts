import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { detectPooler } from '../../src/db/detect-pooler.ts';
import { type PgbouncerOptions, startPgbouncer, whyNoPgbouncer } from '../support/start-pgbouncer.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const missing = whyNoPgbouncer();

describe.each([13, 18])('PostgreSQL %i', (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(major);
  });
  afterAll(() => database.drop());

  test('a direct connection is told from a pooler', async () => {
    expect(await detectPooler(database.url)).toMatchObject({ mode: 'none' });
  });

  describe.skipIf(missing !== null)(`through PgBouncer${missing === null ? '' : ` (${missing})`}`, () => {
    const detect = async (
      mode: PgbouncerOptions['mode'],
      settings: Readonly<Record<string, string>> = {},
    ): Promise<Awaited<ReturnType<typeof detectPooler>>> => {
      const bouncer = await startPgbouncer({ serverPort: database.port, mode, settings });
      try {
        return await detectPooler(bouncer.url(database.name));
      } finally {
        await bouncer.stop();
      }
    };

    test('session mode', async () => {
      expect(await detect('session')).toMatchObject({ mode: 'session' });
    });

    test('transaction mode', async () => {
      expect(await detect('transaction')).toMatchObject({ mode: 'transaction' });
    });

    test('transaction mode with a single server connection', async () => {
      expect(await detect('transaction', { default_pool_size: '1' })).toMatchObject({ mode: 'transaction' });
    });

    test('transaction mode that hands out its server connections in turn', async () => {
      const settings = { min_pool_size: '5', server_round_robin: '1' };
      expect(await detect('transaction', settings)).toMatchObject({ mode: 'transaction' });
    });

    test('statement mode', async () => {
      expect(await detect('statement')).toMatchObject({ mode: 'statement' });
    });

    test('session mode with a single server connection lets no second session through', async () => {
      expect(await detect('session', { default_pool_size: '1' })).toMatchObject({ mode: 'unclear' });
    });
  });
});
