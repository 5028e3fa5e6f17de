import { expect, test } from 'vitest';
import { liftTransactionTimeout } from '../../src/db/lift-transaction-timeout.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import { createTestDatabase } from '../support/test-database.ts';

test('a limit on transactions that the database has set is lifted for the session', async () => {
  const database = await createTestDatabase(18);
  try {
    await (await database.client()).query(`ALTER DATABASE ${database.name} SET transaction_timeout = '100ms'`);
    const connection = await connectPostgres(database.url, { applicationName: 'test' });
    await liftTransactionTimeout(connection);
    await connection.execute('BEGIN; SELECT pg_sleep(0.3)');
    expect(await connection.query("SELECT current_setting('transaction_timeout') AS value")).toEqual([{ value: '0' }]);
    await connection.close();
  } finally {
    await database.drop();
  }
});

test('a server that has no such limit is left alone', async () => {
  const database = await createTestDatabase(16);
  try {
    const connection = await connectPostgres(database.url, { applicationName: 'test' });
    await liftTransactionTimeout(connection);
    expect(await connection.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await connection.close();
  } finally {
    await database.drop();
  }
});
