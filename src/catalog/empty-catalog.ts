import type { Catalog } from '../model/catalog.ts';

/**
 * The schema of a database that was just created: nothing but the schema `public`.
 *
 * @example migration.reduce(applyStatement, emptyCatalog(18))
 */
export function emptyCatalog(serverMajor: number): Catalog {
  return {
    engine: 'postgresql',
    serverMajor,
    searchPath: ['public'],
    relations: {},
    types: {},
    functions: {},
    schemas: ['public'],
    extensions: [],
    publications: [],
    statistics: [],
    policyReads: [],
  };
}
