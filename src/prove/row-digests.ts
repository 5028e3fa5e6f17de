import type { Connection } from '../db/connection.ts';
import type { CatalogLines } from './catalog-lines.ts';

const TABLES = `SELECT c.oid::pg_catalog.regclass::text AS name,
    pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attname) AS columns
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE (c.relkind = 'r' OR c.relkind = 'm' AND c.relispopulated)
    AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'evenkeel')
  GROUP BY c.oid`;

/**
 * The rows of every table: how many, and a digest over them, columns by name and rows in order of their text, so that two
 * databases can be compared wherever rows and columns lie.
 */
export async function readRowDigests(connection: Connection): Promise<CatalogLines> {
  await connection.execute("SET search_path TO ''");
  try {
    const tables = await connection.query<{ name: string; columns: string | null }>(TABLES);
    if (tables.length === 0) return new Map();
    const digests = tables.map(
      ({ name, columns }) =>
        `SELECT $k$rows of ${name}$k$ AS object, pg_catalog.concat(count(*), ' ',
          pg_catalog.md5(COALESCE(pg_catalog.string_agg(r, E'\\n' ORDER BY r), ''))) AS text
        FROM (SELECT ROW(${columns ?? ''})::text AS r FROM ONLY ${name}) t`,
    );
    const rows = await connection.query<{ object: string; text: string }>(digests.join(' UNION ALL '));
    return new Map(rows.map(({ object, text }) => [object, text]));
  } finally {
    await connection.execute('RESET search_path');
  }
}
