import { megabytes, nothingThere, type Signal } from './signal.ts';

interface SlotRow {
  readonly name: string;
  readonly active: boolean;
  readonly bytes: number | null;
  readonly status: string | null;
}

/** How much WAL the server keeps for the replication slot that is furthest behind, whether anybody reads it or not. */
export const slotLag: Signal = {
  name: 'slot-lag',
  usualLimit: 1024 ** 3,
  async read(connection, _subject, limit) {
    const [worst] = await connection.query<SlotRow>(
      `SELECT slot_name AS name, active, wal_status AS status,
         pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), coalesce(confirmed_flush_lsn, restart_lsn))::float8 AS bytes
       FROM pg_catalog.pg_replication_slots WHERE restart_lsn IS NOT NULL AND wal_status IS DISTINCT FROM 'lost'
       ORDER BY (wal_status = 'unreserved') DESC, 4 DESC NULLS FIRST LIMIT 1`,
    );
    if (worst === undefined) return nothingThere('no replication slot keeps WAL');
    if (worst.bytes === null)
      return { value: null, level: 'unknown', sentence: `how far slot ${worst.name} is cannot be told` };
    const idle = worst.active ? '' : ', and nobody reads it';
    if (worst.status === 'unreserved') {
      const sentence = `slot ${worst.name} is about to lose WAL that it needs (${megabytes(worst.bytes)} behind${idle})`;
      return { value: worst.bytes, level: 'hold', sentence };
    }
    const sentence = `slot ${worst.name} is ${megabytes(worst.bytes)} behind${idle}, the limit is ${megabytes(limit)}`;
    return { value: worst.bytes, level: worst.bytes > limit ? 'hold' : 'fine', sentence };
  },
};
