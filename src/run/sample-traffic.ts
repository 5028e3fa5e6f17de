import type { Connection } from '../db/connection.ts';
import type { RelationKey } from '../model/relation-name.ts';

/** How often a step's tables had been read or searched when somebody looked. */
export interface TrafficSample {
  readonly scans: number;
  /** Our monotonic clock, ms. */
  readonly at: number;
}

/** The server's sessions report what they did about once a second; a rate over less says nothing. */
const SHORTEST_SPAN_MS = 1_000;

/**
 * Counts the scans that the server has seen on tables and their indexes, by its counters: no extension, no lock of a
 * user's table. Rows written are left out, since one statement may write a million.
 */
export async function sampleTraffic(connection: Connection, relations: readonly RelationKey[]): Promise<TrafficSample> {
  const [row] = await connection.query<{ scans: number }>(
    `SELECT coalesce(sum(pg_catalog.pg_stat_get_numscans(c.oid) + coalesce((
         SELECT sum(pg_catalog.pg_stat_get_numscans(i.indexrelid)) FROM pg_catalog.pg_index i
         WHERE i.indrelid = c.oid), 0)), 0)::float8 AS scans
     FROM pg_catalog.unnest($1::text[]) AS key
     JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(key)::oid
     WHERE c.relkind IN ('r', 'p', 'm')`,
    [relations],
  );
  return { scans: Number(row?.scans ?? 0), at: performance.now() };
}

/** Scans a second between two samples; null when they lie too close together, or the counters were reset. */
export function scansPerSecond(first: TrafficSample, last: TrafficSample): number | null {
  const ms = last.at - first.at;
  if (ms < SHORTEST_SPAN_MS || last.scans < first.scans) return null;
  return ((last.scans - first.scans) * 1000) / ms;
}
