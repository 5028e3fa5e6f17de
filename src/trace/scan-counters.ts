import type { Connection } from '../db/connection.ts';
import type { RelationStates } from './relation-state.ts';

/** How often a relation was read through by a statement, and how many rows that gave. */
export interface ReadCounters {
  readonly scans: number;
  readonly rows: number;
}

export type RelationReads = ReadonlyMap<number, ReadCounters>;

/** Cost of the counters is nothing; they are those of the running transaction, so nobody else's reads are in them. */
const READS = `
  SELECT o::int8 AS oid, pg_catalog.pg_stat_get_xact_numscans(o)::int AS scans,
         pg_catalog.pg_stat_get_xact_tuples_returned(o)::int AS rows
    FROM pg_catalog.unnest($1::oid[]) o`;

/** What the transaction at hand has read so far. */
export async function readScanCounters(connection: Connection, states: RelationStates): Promise<RelationReads> {
  const rows = await connection.query<{ oid: string; scans: number | null; rows: number | null }>(READS, [
    [...states.keys()],
  ]);
  return new Map(rows.map((row) => [Number(row.oid), { scans: row.scans ?? 0, rows: row.rows ?? 0 }]));
}

/** What came to the counters between two looks at them. */
export function readsBetween(before: RelationReads, after: RelationReads): RelationReads {
  const grown = new Map<number, ReadCounters>();
  for (const [oid, now] of after) {
    const then = before.get(oid) ?? { scans: 0, rows: 0 };
    grown.set(oid, { scans: now.scans - then.scans, rows: now.rows - then.rows });
  }
  return grown;
}
