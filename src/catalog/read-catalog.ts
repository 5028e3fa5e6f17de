import type { Connection } from '../db/connection.ts';
import type { Catalog } from '../model/catalog.ts';
import { readCatalogInTransaction } from './read/read-catalog-in-transaction.ts';

/**
 * Reads the schema of a live server (13 to 18): the user's schemas, without extensions' objects other than their types,
 * without temporary tables and without Evenkeel's own ledger.
 *
 * Read only, one query for each class of object, all of one snapshot. Expressions are printed with every name of the
 * user's qualified, whatever the session's search_path says. The connection must not be in a transaction, nor be used
 * by somebody else meanwhile.
 *
 * @throws DatabaseError, with SQLSTATE 55P03 when a table stays locked under ACCESS EXCLUSIVE for five seconds (the
 * server locks what a view reads to print it).
 * @example
 * const catalog = await readCatalog(await connectPostgres(url, { applicationName: 'evenkeel:check' }));
 */
export async function readCatalog(connection: Connection): Promise<Catalog> {
  await connection.execute('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const catalog = await readCatalogInTransaction(connection);
    await connection.execute('COMMIT');
    return catalog;
  } catch (error) {
    // A session that is gone has no transaction left to end; the first error is the one that tells.
    await connection.execute('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
