import type { Connection } from '../db/connection.ts';

/**
 * Cancels the statement of a session, or ends the session; false when it is gone. A pid may have been given to somebody
 * else meanwhile: the session must have begun when the one we saw did.
 */
export async function endBlocker(
  connection: Connection,
  session: { readonly pid: number; readonly backendStart: string },
  action: 'cancel' | 'terminate',
): Promise<boolean> {
  const signal = action === 'cancel' ? 'pg_cancel_backend' : 'pg_terminate_backend';
  const [row] = await connection.query<{ sent: boolean }>(
    `SELECT pg_catalog.${signal}(pid) AS sent FROM pg_catalog.pg_stat_activity
     WHERE pid = $1 AND backend_start::text = $2`,
    [session.pid, session.backendStart],
  );
  return row?.sent === true;
}
