import type { Connection } from '../db/connection.ts';
import type { SnapshotActivity, SnapshotReplication } from '../model/snapshot.ts';

/** Open transactions of this database; null where the role may not see those of others. */
export type Sessions = Pick<SnapshotActivity, 'longestTransactionMs' | 'idleInTransaction'>;

/** Whether the role sees what sessions of other roles do: pg_monitor and pg_read_all_stats do, superusers too. */
export async function seesOtherSessions(connection: Connection): Promise<boolean> {
  const [row] = await connection.query<{ sees: boolean }>(
    `SELECT pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees`,
  );
  return row?.sees === true;
}

/** How old the oldest transaction is, our own left out, and how many sessions idle in one. */
export async function readSessions(connection: Connection): Promise<Sessions> {
  const [row] = await connection.query<{ longest: number | null; idle: number }>(`SELECT
      max(extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::float8 AS longest,
      (count(*) FILTER (WHERE a.state LIKE 'idle in transaction%'))::int AS idle
    FROM pg_catalog.pg_stat_activity a
    WHERE a.datname = current_database() AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()`);
  return {
    longestTransactionMs: row?.longest == null ? null : Math.round(row.longest),
    idleInTransaction: row?.idle ?? 0,
  };
}

export async function readPreparedTransactions(
  connection: Connection,
): Promise<SnapshotActivity['preparedTransactions']> {
  const [row] = await connection.query<{ count: number; oldest: number | null }>(`SELECT count(*)::int AS count,
      max(extract(epoch FROM clock_timestamp() - p.prepared) * 1000)::float8 AS oldest
    FROM pg_catalog.pg_prepared_xacts p WHERE p.database = current_database()`);
  return { count: row?.count ?? 0, oldestMs: row?.oldest == null ? null : Math.round(row.oldest) };
}

/** How many stream from here, and the slots with the WAL that is kept for them; no names. */
export async function readReplication(connection: Connection): Promise<SnapshotReplication> {
  const [senders] = await connection.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM pg_catalog.pg_stat_replication',
  );
  const slots = await connection.query<{ kind: 'physical' | 'logical'; active: boolean; retained: string | null }>(
    `SELECT s.slot_type AS kind, s.active, pg_catalog.pg_wal_lsn_diff(
        CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
          ELSE pg_catalog.pg_current_wal_lsn() END, s.restart_lsn)::text AS retained
      FROM pg_catalog.pg_replication_slots s ORDER BY s.slot_name`,
  );
  return {
    standbys: senders?.count ?? 0,
    slots: slots.map(({ kind, active, retained }) => ({
      kind,
      active,
      retainedBytes: retained === null ? null : Math.max(0, Number(retained)),
    })),
  };
}
