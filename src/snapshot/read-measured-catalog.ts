import type { Connection } from '../db/connection.ts';
import type { Catalog } from '../model/catalog.ts';
import { measuredCatalog } from './measured-catalog.ts';
import { readCountingSince, readIndexBytes, readRelationCounts } from './read-relation-counts.ts';
import { relationStatistics } from './relation-statistics.ts';

/**
 * A catalog with the sizes and the average traffic of the server that it was read from. Nobody waits for a second
 * reading here: what the tables do right now is what a snapshot tells.
 */
export async function readMeasuredCatalog(connection: Connection, catalog: Catalog): Promise<Catalog> {
  const counts = await readRelationCounts(connection);
  const since = await readCountingSince(connection);
  const indexes = await readIndexBytes(connection);
  return measuredCatalog(catalog, relationStatistics({ counts, before: null, since, indexes }), since.isExact);
}
