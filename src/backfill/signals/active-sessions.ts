import { type Signal, unseen } from './signal.ts';

/** Sessions that want a processor just now. A server does not tell how many it has, so there is no usual limit. */
export const activeSessions: Signal = {
  name: 'active-sessions',
  usualLimit: null,
  async read(connection, _subject, limit) {
    const [row] = await connection.query<{ active: number; hidden: number }>(
      `SELECT count(*) FILTER (WHERE state = 'active' AND wait_event IS NULL)::int AS active,
         count(*) FILTER (WHERE query = '<insufficient privilege>')::int AS hidden
       FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid()`,
    );
    const active = row?.active ?? 0;
    if (active <= limit && (row?.hidden ?? 0) > 0) return unseen('active-sessions', 'which sessions are at work');
    const sentence = `${active} sessions are at work without waiting, the limit is ${limit}`;
    return { value: active, level: active > limit ? 'hold' : 'fine', sentence };
  },
};
