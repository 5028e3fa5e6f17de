import { nothingThere, type Signal, unseen } from './signal.ts';

/** Sessions whose COMMIT waits for a synchronous standby. */
export const commitWaiters: Signal = {
  name: 'commit-waiters',
  usualLimit: 3,
  async read(connection, _subject, limit) {
    const [row] = await connection.query<{ sync: boolean; waiting: number; hidden: number }>(
      `SELECT current_setting('synchronous_standby_names') <> '' AS sync,
         count(*) FILTER (WHERE wait_event = 'SyncRep')::int AS waiting,
         count(*) FILTER (WHERE query = '<insufficient privilege>')::int AS hidden FROM pg_catalog.pg_stat_activity`,
    );
    if (row === undefined || !row.sync) return nothingThere('no commit waits for a standby');
    if (row.waiting <= limit && row.hidden > 0) return unseen('commit-waiters', 'whose commits wait for a standby');
    const sentence = `${row.waiting} sessions wait for a synchronous standby to confirm, the limit is ${limit}`;
    return { value: row.waiting, level: row.waiting > limit ? 'hold' : 'fine', sentence };
  },
};
