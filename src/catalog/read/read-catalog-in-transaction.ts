import type { Connection } from '../../db/connection.ts';
import type { Catalog } from '../../model/catalog.ts';
import { relationKey } from '../../model/relation-name.ts';
import { loadParser } from '../../sql/postgres/load-parser.ts';
import { assembleRelations } from './assemble-relations.ts';
import { expressionReader } from './expression-reader.ts';
import type { LockPolicy } from './lock-policy.ts';
import { readColumns } from './read-columns.ts';
import { readConstraints } from './read-constraints.ts';
import { readFunctions } from './read-functions.ts';
import { readExtensions, readPolicyReads, readPublications, readStatistics } from './read-hanging-objects.ts';
import { readIndexes } from './read-indexes.ts';
import { readParents, readRelations } from './read-relations.ts';
import { readSchemas, readSearchPath } from './read-schemas.ts';
import { readSequences } from './read-sequences.ts';
import { readPolicies, readTriggers } from './read-triggers.ts';
import { readTypes } from './read-types.ts';
import { readViewReads, readViewSql } from './read-views.ts';

/**
 * How long to wait for a relation that somebody holds under ACCESS EXCLUSIVE, ms. Who skips waits only for a lock that
 * was taken between the look at pg_locks and the call, in the same query.
 */
const LOCK_TIMEOUTS_MS: Readonly<Record<LockPolicy, number>> = { wait: 5_000, skip: 100, never: 100 };

/**
 * Reads the schema as a transaction sees it that the caller has opened, what it changed itself included. Until that
 * ends, search_path and lock_timeout are not what they were, and what views and bodies of functions read is locked
 * (ACCESS SHARE): they come last.
 */
export async function readCatalogInTransaction(connection: Connection, locks: LockPolicy = 'wait'): Promise<Catalog> {
  await loadParser();
  const searchPath = await readSearchPath(connection);
  await connection.execute(`SET LOCAL search_path = pg_catalog; SET LOCAL lock_timeout = ${LOCK_TIMEOUTS_MS[locks]}`);
  const readExpression = expressionReader();
  const schemas = await readSchemas(connection);
  const types = await readTypes(connection, readExpression);
  const hanging = {
    extensions: await readExtensions(connection),
    publications: await readPublications(connection),
    statistics: await readStatistics(connection),
    policyReads: await readPolicyReads(connection),
  };
  const rows = {
    relations: await readRelations(connection, locks),
    parents: await readParents(connection),
    columns: await readColumns(connection, locks),
    constraints: await readConstraints(connection, locks),
    indexes: await readIndexes(connection, locks),
    triggers: await readTriggers(connection),
    policies: await readPolicies(connection),
    sequences: await readSequences(connection),
    viewReads: await readViewReads(connection),
  };
  const functions = await readFunctions(connection, locks);
  const viewSql = await readViewSql(connection, locks);
  return {
    engine: 'postgresql',
    serverMajor: connection.serverMajor,
    searchPath: searchPath.filter((schema) => schemas.includes(schema)),
    relations: assembleRelations({ ...rows, viewSql }, readExpression),
    types: Object.fromEntries(types.map((type) => [relationKey(type.name), type])),
    functions: Object.fromEntries(functions.map((entry) => [relationKey(entry.name), entry])),
    schemas,
    ...hanging,
  };
}
