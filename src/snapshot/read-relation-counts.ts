import { IS_USER_SCHEMA } from '../catalog/read/user-objects.ts';
import type { Connection } from '../db/connection.ts';
import type { Traffic } from '../model/catalog.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';

/** What the server has counted of one table or materialized view, at one moment. */
export interface RelationCounts {
  readonly key: RelationKey;
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly toastBytes: number | null;
  readonly liveRows: number;
  readonly deadRows: number;
  readonly counters: Traffic;
}

interface Row {
  readonly schema: string;
  readonly name: string;
  readonly rows: number;
  readonly pages: number;
  readonly toastPages: number | null;
  readonly wasCounted: boolean;
  readonly blockBytes: number;
  readonly liveRows: number | null;
  readonly deadRows: number | null;
  readonly scans: number | null;
  readonly inserts: number | null;
  readonly changes: number | null;
}

/**
 * Sizes and counters of all tables and materialized views. Sizes come from pg_class, not from the file system: asking
 * for a file takes a lock. A partitioned table has no rows of its own and is left out.
 */
export async function readRelationCounts(connection: Connection): Promise<readonly RelationCounts[]> {
  const rows = await connection.query<Row>(`SELECT n.nspname AS schema, c.relname AS name,
      c.reltuples::float8 AS rows, c.relpages AS pages, t.relpages AS "toastPages",
      coalesce(s.last_vacuum, s.last_autovacuum, s.last_analyze, s.last_autoanalyze) IS NOT NULL AS "wasCounted",
      pg_catalog.current_setting('block_size')::int AS "blockBytes",
      s.n_live_tup::float8 AS "liveRows", s.n_dead_tup::float8 AS "deadRows",
      (coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0))::float8 AS scans, s.n_tup_ins::float8 AS inserts,
      (s.n_tup_upd + s.n_tup_del)::float8 AS changes
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
    LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
    WHERE c.relkind IN ('r', 'm') AND ${IS_USER_SCHEMA}`);
  return rows.map(countsOfRow);
}

function countsOfRow(row: Row): RelationCounts {
  // From 14 on -1 rows say that nobody counted; before, a table that nobody counted says 0 rows in 0 pages.
  const isCounted = row.rows > 0 || (row.rows === 0 && (row.pages > 0 || row.wasCounted));
  return {
    key: relationKey(row),
    rows: isCounted ? Math.round(row.rows) : null,
    bytes: isCounted ? row.pages * row.blockBytes : null,
    toastBytes: isCounted ? (row.toastPages ?? 0) * row.blockBytes : null,
    liveRows: row.liveRows ?? 0,
    deadRows: row.deadRows ?? 0,
    counters: { scans: row.scans ?? 0, inserts: row.inserts ?? 0, changes: row.changes ?? 0 },
  };
}

/** Bytes of the indexes of each table and materialized view, by the name of the index; null when nobody counted. */
export async function readIndexBytes(
  connection: Connection,
): Promise<ReadonlyMap<RelationKey, Readonly<Record<string, number | null>>>> {
  const rows = await connection.query<{
    schema: string;
    name: string;
    index: string;
    pages: number;
    blockBytes: number;
  }>(`SELECT n.nspname AS schema, c.relname AS name, ic.relname AS index, ic.relpages AS pages,
      pg_catalog.current_setting('block_size')::int AS "blockBytes"
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
    JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND ${IS_USER_SCHEMA}`);
  const found = new Map<RelationKey, Record<string, number | null>>();
  for (const row of rows) {
    const indexes = found.get(relationKey(row)) ?? {};
    indexes[row.index] = row.pages > 0 ? row.pages * row.blockBytes : null;
    found.set(relationKey(row), indexes);
  }
  return found;
}

/** A standby counts its own readers, and nobody who writes. */
const STANDBY = 'this is a standby, which does not count what the primary does';

/** Since when counters count. */
export interface CountingSince {
  /** Seconds up to now; null when the server does not tell. */
  readonly seconds: number | null;
  readonly at: string | null;
  /** The counters of this database were reset then; else the server began then, and the database is maybe younger. */
  readonly isExact: boolean;
  /** Why the counters say nothing; null when they count. */
  readonly whyNot: string | null;
}

/**
 * The time of the last reset of this database's counters (up to 14 also that of its first use); where there was none,
 * that of the server's own counters, which is initdb or the last crash.
 */
export async function readCountingSince(connection: Connection): Promise<CountingSince> {
  const [row] = await connection.query<{
    at: string | null;
    seconds: number | null;
    isExact: boolean;
    isCounting: boolean;
    isStandby: boolean;
  }>(`SELECT pg_catalog.to_char(since.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at,
      extract(epoch FROM clock_timestamp() - since.at)::float8 AS seconds,
      since."isExact", pg_catalog.current_setting('track_counts')::bool AS "isCounting",
      pg_catalog.pg_is_in_recovery() AS "isStandby"
    FROM (SELECT coalesce(d.stats_reset, b.stats_reset) AS at, d.stats_reset IS NOT NULL AS "isExact"
      FROM pg_catalog.pg_stat_database d, pg_catalog.pg_stat_bgwriter b
      WHERE d.datname = current_database()) since`);
  if (row === undefined) return { at: null, seconds: null, isExact: false, whyNot: 'the server does not tell' };
  const { at, seconds, isExact, isCounting, isStandby } = row;
  return { at, seconds, isExact, whyNot: isStandby ? STANDBY : isCounting ? null : 'track_counts is off' };
}
