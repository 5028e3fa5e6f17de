import { nothingThere, type Signal, unseen } from './signal.ts';

interface HolderRow {
  readonly hidden: boolean;
  readonly who: string | null;
  readonly ageMs: number | null;
}

/** The oldest transaction that keeps vacuum from removing what the backfill leaves behind. */
export const oldSnapshot: Signal = {
  name: 'old-snapshot',
  usualLimit: 15 * 60_000,
  async read(connection, _subject, limit) {
    const [oldest] = await connection.query<HolderRow>(
      `SELECT hidden, who, "ageMs" FROM (
         SELECT a.query = '<insufficient privilege>' AS hidden,
           'server process ' || a.pid || coalesce(' (' || nullif(a.application_name, '') || ', ' || a.state || ')', '') AS who,
           CASE WHEN a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL
             THEN extract(epoch FROM clock_timestamp() - a.xact_start) * 1000 END::float8 AS "ageMs"
         FROM pg_catalog.pg_stat_activity a
         WHERE a.datname = current_database() AND a.pid <> pg_catalog.pg_backend_pid()
           AND a.application_name NOT LIKE 'evenkeel:backfill:%'
         UNION ALL SELECT false, 'prepared transaction ' || gid, (extract(epoch FROM clock_timestamp() - prepared) * 1000)::float8
         FROM pg_catalog.pg_prepared_xacts WHERE database = current_database()) held
       WHERE hidden OR "ageMs" IS NOT NULL ORDER BY (coalesce("ageMs", 0) > $1) DESC, hidden DESC, "ageMs" DESC NULLS LAST LIMIT 1`,
      [limit],
    );
    if (oldest === undefined) return nothingThere('no other transaction is open');
    if (oldest.ageMs === null || oldest.hidden) return unseen('old-snapshot', "how old other users' transactions are");
    const { ageMs, who } = oldest;
    const sentence = `${who} has a transaction open for ${seconds(ageMs)}, so vacuum removes nothing; the limit is ${seconds(limit)}`;
    return { value: ageMs, level: ageMs > limit ? 'hold' : 'fine', sentence };
  },
};

function seconds(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}
