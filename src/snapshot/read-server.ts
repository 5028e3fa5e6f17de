import type { Connection } from '../db/connection.ts';
import type { CollationVersion, SnapshotServer, SnapshotSetting } from '../model/snapshot.ts';

/** What decides how a migration goes, and how much room there is for it. */
const SETTINGS: readonly string[] = [
  'autovacuum',
  'check_function_bodies',
  'checkpoint_timeout',
  'deadlock_timeout',
  'default_table_access_method',
  'default_tablespace',
  'default_transaction_isolation',
  'hot_standby_feedback',
  'idle_in_transaction_session_timeout',
  'lock_timeout',
  'log_lock_waits',
  'maintenance_work_mem',
  'max_connections',
  'max_locks_per_transaction',
  'max_parallel_maintenance_workers',
  'max_slot_wal_keep_size',
  'max_standby_streaming_delay',
  'max_wal_size',
  'shared_buffers',
  'statement_timeout',
  'synchronous_commit',
  'track_counts',
  'transaction_timeout',
  'wal_level',
  'work_mem',
];

export async function readServer(
  connection: Connection,
): Promise<{ readonly takenAt: string; readonly server: SnapshotServer; readonly timeZone: string }> {
  const [row] = await connection.query<{
    takenAt: string;
    version: string;
    isStandby: boolean;
    encoding: string;
    timeZone: string;
  }>(`SELECT pg_catalog.to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "takenAt",
      pg_catalog.current_setting('server_version') AS version, pg_catalog.pg_is_in_recovery() AS "isStandby",
      pg_catalog.current_setting('server_encoding') AS encoding, pg_catalog.current_setting('TimeZone') AS "timeZone"`);
  return {
    takenAt: row?.takenAt ?? '',
    // Some builds say more: `16.4 (Debian 16.4-1.pgdg120+1)`.
    server: {
      major: connection.serverMajor,
      version: row?.version.split(' ')[0] ?? '',
      isStandby: row?.isStandby ?? false,
      encoding: row?.encoding ?? '',
    },
    timeZone: row?.timeZone ?? 'UTC',
  };
}

/** What a new session of the role starts with (`reset_val`), whatever our own session has set. */
export async function readSettings(connection: Connection): Promise<Readonly<Record<string, SnapshotSetting>>> {
  const rows = await connection.query<{ name: string; value: string; unit: string | null }>(
    'SELECT s.name, s.reset_val AS value, s.unit FROM pg_catalog.pg_settings s WHERE s.name = ANY ($1)',
    [SETTINGS],
  );
  return Object.fromEntries(rows.map(({ name, value, unit }) => [name, { value, unit }]));
}

interface CollationRow {
  readonly name: string;
  readonly provider: string;
  readonly recorded: string | null;
  readonly actual: string | null;
}

const PROVIDERS: Readonly<Record<string, CollationVersion['provider']>> = { c: 'libc', i: 'icu', b: 'builtin' };

/** The database's own collation and those that columns and indexes of the user's name; C and POSIX never change. */
export async function readCollations(connection: Connection): Promise<readonly CollationVersion[]> {
  // A database has a version of its own, and a choice of providers, since 15.
  const database =
    connection.serverMajor >= 15
      ? `SELECT 'default' AS name, d.datlocprovider::text AS provider, d.datcollversion AS recorded,
          pg_catalog.pg_database_collation_actual_version(d.oid) AS actual`
      : `SELECT 'default' AS name, 'c' AS provider, NULL AS recorded, NULL AS actual`;
  const rows = await connection.query<CollationRow>(`${database}
    FROM pg_catalog.pg_database d WHERE d.datname = current_database()
    UNION ALL
    SELECT pg_catalog.format('%s.%s', n.nspname, o.collname), o.collprovider::text, o.collversion,
      pg_catalog.pg_collation_actual_version(o.oid)
    FROM pg_catalog.pg_collation o JOIN pg_catalog.pg_namespace n ON n.oid = o.collnamespace
    WHERE o.collprovider <> 'd' AND o.collname NOT IN ('C', 'POSIX') AND o.oid IN (SELECT a.attcollation
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
      JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
      WHERE a.attnum > 0 AND NOT a.attisdropped AND s.nspname !~ '^pg_' AND s.nspname <> 'information_schema')`);
  return rows
    .map((row) => ({ ...row, provider: PROVIDERS[row.provider] ?? 'default' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
