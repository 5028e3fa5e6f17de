import type { Connection } from '../../db/connection.ts';
import { megabytes, nothingThere, type Signal, unseen } from './signal.ts';

/** How far the physical standby that is furthest behind has replayed, in bytes of WAL. */
export const physicalLag: Signal = {
  name: 'physical-lag',
  usualLimit: 64 * 1024 ** 2,
  async read(connection, _subject, limit) {
    const standbys = await readStandbys(connection);
    const worst = [...standbys].sort((a, b) => (b.bytes ?? Infinity) - (a.bytes ?? Infinity))[0];
    if (worst === undefined) return nothingThere('no physical standby is connected');
    if (worst.bytes === null) return unseen('physical-lag', 'how far a standby has replayed');
    const sentence = `standby ${worst.name} is ${megabytes(worst.bytes)} behind, the limit is ${megabytes(limit)}`;
    return { value: worst.bytes, level: worst.bytes > limit ? 'hold' : 'fine', sentence };
  },
};

/** How long ago what the slowest standby replays now was written. */
export const physicalDelay: Signal = {
  name: 'physical-delay',
  usualLimit: 10_000,
  async read(connection, _subject, limit) {
    const standbys = await readStandbys(connection);
    const worst = [...standbys].sort((a, b) => (b.delayMs ?? Infinity) - (a.delayMs ?? Infinity))[0];
    if (worst === undefined) return nothingThere('no physical standby is connected');
    if (worst.delayMs === null) return unseen('physical-delay', 'how late a standby replays');
    const sentence = `standby ${worst.name} replays ${(worst.delayMs / 1_000).toFixed(1)} s late, the limit is ${limit / 1_000} s`;
    return { value: worst.delayMs, level: worst.delayMs > limit ? 'hold' : 'fine', sentence };
  },
};

interface StandbyRow {
  readonly name: string;
  /** null: this role may not see it. */
  readonly bytes: number | null;
  readonly delayMs: number | null;
}

/** A subscriber's walsender is a matter of its slot; a base backup replays nothing. */
async function readStandbys(connection: Connection): Promise<readonly StandbyRow[]> {
  return connection.query<StandbyRow>(
    `SELECT coalesce(nullif(r.application_name, ''), 'of process ' || r.pid) AS name,
       pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), r.replay_lsn)::float8 AS bytes,
       -- An idle standby that has all has no lag to measure; a role that may not see has no state either.
       CASE WHEN r.state IS NOT NULL THEN coalesce(extract(epoch FROM r.replay_lag) * 1000, 0) END::float8 AS "delayMs"
     FROM pg_catalog.pg_stat_replication r LEFT JOIN pg_catalog.pg_replication_slots s ON s.active_pid = r.pid
     WHERE s.slot_type IS DISTINCT FROM 'logical' AND r.state IS DISTINCT FROM 'backup'`,
  );
}
