import type { Connection } from './connection.ts';

const FIRST_MAJOR = 17;

/** A limit on whole transactions that a role or database has set is not meant for this session; servers before 17 have none. */
export async function liftTransactionTimeout(connection: Connection): Promise<void> {
  if (connection.serverMajor < FIRST_MAJOR) return;
  await connection.query("SELECT pg_catalog.set_config('transaction_timeout', '0', false)");
}
