import type { Connection } from '../db/connection.ts';

/** Who a session of ours waits for, in words; null when it waits for nobody. Reads pg_locks alone, so it never waits. */
export async function findRowHolder(connection: Connection, pid: number): Promise<string | null> {
  const [row] = await connection.query<{
    pid: number;
    name: string | null;
    user: string | null;
    state: string | null;
    age: number | null;
  }>(
    `SELECT b.pid, a.application_name AS name, a.usename AS user, a.state,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS age
     FROM unnest(pg_catalog.pg_blocking_pids($1)) AS b (pid) LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid
     ORDER BY a.xact_start NULLS LAST LIMIT 1`,
    [pid],
  );
  if (row === undefined) return null;
  if (row.pid === 0) return 'a prepared transaction';
  const about = [row.name, row.user === null ? null : `user ${row.user}`, row.state].filter(
    (part) => part !== null && part !== '',
  );
  const age = row.age === null ? '' : `, its transaction open for ${Math.round(row.age)} s`;
  return `server process ${row.pid}${about.length === 0 ? '' : ` (${about.join(', ')})`}${age}`;
}
