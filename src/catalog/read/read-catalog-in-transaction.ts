import type { Connection } from '../../db/connection.ts';
import type { Catalog } from '../../model/catalog.ts';
import { relationKey } from '../../model/relation-name.ts';
import { loadParser } from '../../sql/postgres/load-parser.ts';
import { assembleRelations } from './assemble-relations.ts';
import { expressionReader } from './expression-reader.ts';
import { readColumns } from './read-columns.ts';
import { readConstraints } from './read-constraints.ts';
import { readFunctions } from './read-functions.ts';
import { readIndexes } from './read-indexes.ts';
import { readParents, readRelations } from './read-relations.ts';
import { readSchemas, readSearchPath } from './read-schemas.ts';
import { readSequences } from './read-sequences.ts';
import { readPolicies, readTriggers } from './read-triggers.ts';
import { readTypes } from './read-types.ts';
import { readViewReads, readViewSql } from './read-views.ts';

/** How long to wait for a relation that somebody holds under ACCESS EXCLUSIVE, ms. */
const LOCK_TIMEOUT_MS = 5_000;

/**
 * Reads the schema as a transaction sees it that the caller has opened, what it changed itself included. Until that
 * ends, search_path and lock_timeout are not what they were.
 */
export async function readCatalogInTransaction(connection: Connection): Promise<Catalog> {
  await loadParser();
  const searchPath = await readSearchPath(connection);
  await connection.execute(`SET LOCAL search_path = pg_catalog; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
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
