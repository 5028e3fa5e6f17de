import type { Catalog } from '../model/catalog.ts';
import { quoteIdentifier } from '../sql/postgres/quote.ts';
import { joinParts, partOf, type SchemaPart } from './write/schema-part.ts';
import { writeFunctions } from './write/write-functions.ts';
import { writeAttachments, writePublicationsAndStatistics, writeViews } from './write/write-hanging-objects.ts';
import { writeForeignKeys, writeIndexes } from './write/write-indexes.ts';
import {
  writeDescent,
  writeSequenceOwners,
  writeSequences,
  writeTableProperties,
  writeTables,
} from './write/write-tables.ts';
import { writeDomains, writeExtensions, writeTypes } from './write/write-types.ts';

/**
 * The statements that make a schema on an empty database, in an order that loads, and what a catalog holds too little
 * of. The catalog must have been read from a server: its expressions name everything with its schema.
 *
 * Reading the catalog back from a server of the same major gives an equal one (tested on 13, 16 and 18).
 */
export function writeSchema(catalog: Catalog): SchemaPart {
  return joinParts([
    partOf([
      'SET check_function_bodies = off',
      ...catalog.schemas.map((schema) => `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}`),
    ]),
    writeExtensions(catalog),
    writeTypes(catalog),
    writeDomains(catalog),
    writeSequences(catalog),
    writeFunctions(catalog, 'before tables'),
    writeTables(catalog),
    writeDescent(catalog),
    writeSequenceOwners(catalog),
    writeIndexes({ ...catalog, relations: onlyKind(catalog, 'table') }),
    writeForeignKeys(catalog),
    writeFunctions(catalog, 'after tables'),
    writeViews(catalog),
    writeIndexes({ ...catalog, relations: onlyKind(catalog, 'materialized-view') }),
    writeTableProperties(catalog),
    writeAttachments(catalog),
    writePublicationsAndStatistics(catalog),
    partOf([
      ...(catalog.schemas.includes('public') ? [] : ['DROP SCHEMA IF EXISTS public']),
      'RESET check_function_bodies',
    ]),
  ]);
}

function onlyKind(catalog: Catalog, kind: 'table' | 'materialized-view'): Catalog['relations'] {
  return Object.fromEntries(Object.entries(catalog.relations).filter(([, relation]) => relation.kind === kind));
}

/**
 * The same as one text.
 *
 * @example await connection.execute(schemaSql(await readCatalog(other)));
 */
export function schemaSql(catalog: Catalog): string {
  return writeSchema(catalog)
    .statements.map(({ sql }) => `${sql};\n`)
    .join('');
}
