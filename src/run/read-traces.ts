import type { Connection } from '../db/connection.ts';
import type { RelationKey } from '../model/relation-name.ts';

/** What is seen of others at one moment. */
export interface Traces {
  /** The server's clock, as text. */
  readonly now: string;
  readonly waiting: number;
  /** The longest that a query begun since then has run, ms; null when none was seen. */
  readonly slowest: number | null;
  readonly dead: number;
}

/**
 * Looks at who waits, how long queries run and what dead rows lie in some tables. It waits for nobody's lock.
 *
 * @param since only queries that began later, by the server's clock; null: all of them.
 */
export async function readTraces(
  connection: Connection,
  tables: readonly RelationKey[],
  since: string | null,
): Promise<Traces> {
  const [row] = await connection.query<Traces>(
    `SELECT clock_timestamp()::text AS now,
       (SELECT count(DISTINCT pid) FROM pg_catalog.pg_locks WHERE NOT granted)::int AS waiting,
       (SELECT max(extract(epoch FROM clock_timestamp() - query_start)) * 1000 FROM pg_catalog.pg_stat_activity
         WHERE state = 'active' AND backend_type = 'client backend' AND datname = pg_catalog.current_database()
           AND application_name NOT LIKE 'evenkeel:%' AND ($2::text IS NULL OR query_start > $2::timestamptz)
       )::float8 AS slowest,
       (SELECT coalesce(sum(pg_catalog.pg_stat_get_dead_tuples(pg_catalog.to_regclass(key)::oid)), 0)
         FROM pg_catalog.unnest($1::text[]) AS key)::float8 AS dead`,
    [tables, since],
  );
  const { now = '', waiting = 0, slowest = null, dead = 0 } = row ?? {};
  return { now, waiting, slowest: slowest === null ? null : Math.round(Number(slowest)), dead: Number(dead) };
}
