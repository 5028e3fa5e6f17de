import type { Connection } from '../db/connection.ts';
import { CATALOG_QUERIES } from './catalog-queries.ts';

/**
 * Everything that a database says of itself, an object a line: what it is called, and what it is in the server's own
 * words. Column order, object identifiers, statistics and rows are left out.
 */
export type CatalogLines = ReadonlyMap<string, string>;

/** Reads a database in full, all but the schema that a run keeps its books in. Measured to work on 13 to 18. */
export async function readCatalogLines(connection: Connection): Promise<CatalogLines> {
  const lines = new Map<string, string>();
  // Names are written with their schema where they are not on the path, and here none is.
  await connection.execute("SET search_path TO ''");
  try {
    for (const { since, until, sql } of CATALOG_QUERIES) {
      if (connection.serverMajor < (since ?? 0) || connection.serverMajor > (until ?? Number.POSITIVE_INFINITY))
        continue;
      const rows = await connection.query<{ object: string; text: string | null }>(sql);
      for (const { object, text } of rows) lines.set(object, text ?? '');
    }
  } finally {
    await connection.execute('RESET search_path');
  }
  return lines;
}

/** What the first database has otherwise than the second; empty when they are alike. */
export function lineDifferences(expected: CatalogLines, actual: CatalogLines): readonly string[] {
  const differences: string[] = [];
  for (const [object, text] of expected) {
    const other = actual.get(object);
    if (other === undefined) differences.push(`${object} is missing (${text})`);
    else if (other !== text) differences.push(`${object} is ${other} instead of ${text}`);
  }
  for (const [object, text] of actual) if (!expected.has(object)) differences.push(`${object} is too much (${text})`);
  return differences.sort();
}
