import { remembered, type Signal } from './signal.ts';

const OVER_MS = 60_000;

/** Checkpoints of the last minute that were asked for before their time: each writes every changed page in full again. */
export const forcedCheckpoints: Signal = {
  name: 'forced-checkpoints',
  usualLimit: 2,
  async read(connection, subject, limit) {
    const [row] = await connection.query<{ n: number }>(
      connection.serverMajor >= 17
        ? 'SELECT num_requested::float8 AS n FROM pg_catalog.pg_stat_checkpointer'
        : 'SELECT checkpoints_req::float8 AS n FROM pg_catalog.pg_stat_bgwriter',
    );
    const now = row?.n ?? 0;
    const samples = remembered(subject, 'forced-checkpoints', { atMs: performance.now(), value: now }, OVER_MS);
    const forced = now - (samples[0]?.value ?? now);
    const sentence = `${forced} checkpoints were forced within the last minute, the limit is ${limit}; a larger max_wal_size would help`;
    return { value: forced, level: forced > limit ? 'hold' : 'fine', sentence };
  },
};
