import { megabytes, remembered, type Signal } from './signal.ts';

/** Bursts shorter than this are let through, as a bucket would. */
const OVER_MS = 10_000;
const LEAST_MS = 2_000;

/** WAL of the whole server a second: the budget is shared by all backfills, and by everybody else. */
export const walRate: Signal = {
  name: 'wal-rate',
  usualLimit: 64 * 1024 ** 2,
  async read(connection, subject, limit) {
    const [row] = await connection.query<{ bytes: number }>(
      "SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::float8 AS bytes",
    );
    const samples = remembered(subject, 'wal-rate', { atMs: performance.now(), value: row?.bytes ?? 0 }, OVER_MS);
    const [first] = samples;
    const last = samples.at(-1);
    const elapsedMs = first === undefined || last === undefined ? 0 : last.atMs - first.atMs;
    if (first === undefined || last === undefined || elapsedMs < LEAST_MS) {
      return { value: 0, level: 'fine', sentence: 'the WAL of the last seconds is not counted yet' };
    }
    const rate = ((last.value - first.value) / elapsedMs) * 1_000;
    const sentence = `the server writes ${megabytes(rate)} of WAL a second, the limit is ${megabytes(limit)}`;
    return { value: rate, level: rate > limit ? 'hold' : 'fine', sentence };
  },
};
