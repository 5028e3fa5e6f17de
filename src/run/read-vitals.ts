import type { Connection } from '../db/connection.ts';
import { isConnectionLost } from './perform-sql.ts';

/** How a server is, at one moment; the counters are those of our database. */
export interface Vitals {
  /** Our monotonic clock, ms. */
  readonly at: number;
  readonly deadlocks: number;
  readonly commits: number;
  readonly rollbacks: number;
  /** Of the standby that is furthest behind, ms; 0 without one, null when this role may not see it. */
  readonly lagMs: number | null;
  readonly lagBytes: number | null;
}

/** Nothing of this waits for anybody: functions of the server, no view that opens a relation of a user. */
const COUNTERS_SQL = `
SELECT pg_catalog.pg_stat_get_db_deadlocks(oid)::float8 AS deadlocks,
  pg_catalog.pg_stat_get_db_xact_commit(oid)::float8 AS commits,
  pg_catalog.pg_stat_get_db_xact_rollback(oid)::float8 AS rollbacks
FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()`;

/**
 * Standbys that stream, subscribers of logical replication left out: their pace is their own. The lag in time is NULL
 * once a standby has replayed everything and nothing is written; the distance in bytes is what a standby shows that
 * stands still.
 */
const LAG_SQL = `
SELECT count(*)::int AS standbys, count(*) FILTER (WHERE w.sent_lsn IS NULL AND w.state IS NULL)::int AS hidden,
  (max(extract(epoch FROM w.replay_lag)) * 1000)::float8 AS ms,
  max(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), w.replay_lsn))::float8 AS bytes
FROM pg_catalog.pg_stat_get_wal_senders() w
WHERE (w.state IS NULL OR w.state IN ('streaming', 'catchup'))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_get_replication_slots() s
    WHERE s.active_pid = w.pid AND s.slot_type = 'logical')`;

interface CounterRow {
  readonly deadlocks: number;
  readonly commits: number;
  readonly rollbacks: number;
}

interface LagRow {
  readonly standbys: number;
  readonly hidden: number;
  readonly ms: number | null;
  readonly bytes: number | null;
}

/** @throws DatabaseError, ConnectionError: what cannot be asked was not seen. */
export async function readVitals(connection: Connection): Promise<Vitals> {
  const [counters] = await connection.query<CounterRow>(COUNTERS_SQL);
  const { deadlocks = 0, commits = 0, rollbacks = 0 } = counters ?? {};
  const lag = await readLag(connection);
  const numbers = { deadlocks: Number(deadlocks), commits: Number(commits), rollbacks: Number(rollbacks) };
  return { at: performance.now(), ...numbers, ...lag };
}

/** Some servers that call themselves PostgreSQL have no position in a log; their standbys cannot be seen from here. */
async function readLag(connection: Connection): Promise<Pick<Vitals, 'lagMs' | 'lagBytes'>> {
  const hidden = { lagMs: null, lagBytes: null };
  try {
    const [row] = await connection.query<LagRow>(LAG_SQL);
    if (row === undefined || row.hidden > 0) return hidden;
    return { lagMs: Number(row.ms ?? 0), lagBytes: Number(row.bytes ?? 0) };
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    return hidden;
  }
}
