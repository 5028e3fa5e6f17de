import type { Connection } from '../db/connection.ts';
import type { Blocker } from '../model/run-event.ts';

/**
 * Whom the last run of a migration waited for when it was last heard of, as far as they still hold what they held then;
 * empty when it did not wait. Reads the ledger's events and pg_locks, and waits for nobody.
 */
export async function lastWait(connection: Connection, migration: string): Promise<readonly Blocker[]> {
  const [row] = await connection.query<{ type: string; blockers: string | null }>(
    `SELECT e.body ->> 'type' AS type, (e.body -> 'blockers')::text AS blockers
     FROM evenkeel.migration m JOIN evenkeel.event e ON e.run = m.run
     WHERE m.id = $1 AND e.body ->> 'migration' = $1 ORDER BY e.seq DESC LIMIT 1`,
    [migration],
  );
  if (row?.type !== 'lock:wait' || row.blockers === null) return [];
  const blockers = JSON.parse(row.blockers) as readonly Blocker[];
  const kept: Blocker[] = [];
  for (const blocker of blockers) if (await stillHolds(connection, blocker)) kept.push(blocker);
  return kept;
}

/** A prepared transaction has no pid, and is told by its lock alone. */
async function stillHolds(connection: Connection, blocker: Blocker): Promise<boolean> {
  const [row] = await connection.query<{ holds: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
       WHERE l.granted AND l.relation = pg_catalog.to_regclass($1)
         AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
         AND l.pid IS NOT DISTINCT FROM $2::int
         AND ($3::text IS NULL OR a.backend_start IS NULL OR a.backend_start = $3::timestamptz)) AS holds`,
    [blocker.relation, blocker.pid, blocker.backendStart],
  );
  return row?.holds === true;
}
