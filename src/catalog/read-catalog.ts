import type { Connection } from '../db/connection.ts';
import type { Catalog } from '../model/catalog.ts';
import { relationKey } from '../model/relation-name.ts';
import { loadParser } from '../sql/postgres/load-parser.ts';
import { assembleRelations } from './read/assemble-relations.ts';
import { expressionReader } from './read/expression-reader.ts';
import { readColumns } from './read/read-columns.ts';
import { readConstraints } from './read/read-constraints.ts';
import { readFunctions } from './read/read-functions.ts';
import { readIndexes } from './read/read-indexes.ts';
import { readParents, readRelations } from './read/read-relations.ts';
import { readSchemas, readSearchPath } from './read/read-schemas.ts';
import { readSequences } from './read/read-sequences.ts';
import { readPolicies, readTriggers } from './read/read-triggers.ts';
import { readTypes } from './read/read-types.ts';
import { readViewReads, readViewSql } from './read/read-views.ts';

/** How long to wait for a relation that somebody holds under ACCESS EXCLUSIVE, ms. */
const LOCK_TIMEOUT_MS = 5_000;

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
  await loadParser();
  const searchPath = await readSearchPath(connection);
  await connection.execute(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SET LOCAL search_path = pg_catalog; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
  try {
    const catalog = await readSnapshot(connection, searchPath);
    await connection.execute('COMMIT');
    return catalog;
  } catch (error) {
    // A session that is gone has no transaction left to end; the first error is the one that tells.
    await connection.execute('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function readSnapshot(connection: Connection, searchPath: readonly string[]): Promise<Catalog> {
  const readExpression = expressionReader();
  const schemas = await readSchemas(connection);
  const types = await readTypes(connection, readExpression);
  const functions = await readFunctions(connection);
  const rows = {
    relations: await readRelations(connection),
    parents: await readParents(connection),
    columns: await readColumns(connection),
    constraints: await readConstraints(connection),
    indexes: await readIndexes(connection),
    triggers: await readTriggers(connection),
    policies: await readPolicies(connection),
    sequences: await readSequences(connection),
    viewReads: await readViewReads(connection),
    viewSql: await readViewSql(connection),
  };
  return {
    engine: 'postgresql',
    serverMajor: connection.serverMajor,
    searchPath: searchPath.filter((schema) => schemas.includes(schema)),
    relations: assembleRelations(rows, readExpression),
    types: Object.fromEntries(types.map((type) => [relationKey(type.name), type])),
    functions: Object.fromEntries(functions.map((entry) => [relationKey(entry.name), entry])),
    schemas,
  };
}
