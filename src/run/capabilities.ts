import type { Connection } from '../db/connection.ts';

/** What this role may do and see on this server; none of it is needed, all of it helps. */
export interface Capabilities {
  /** Our waits may cancel an autovacuum after 20 ms instead of deadlock_timeout. */
  readonly setsDeadlockTimeout: boolean;
  readonly deadlockTimeoutMs: number;
  /** Without it the age of other roles' transactions is hidden. */
  readonly seesOthers: boolean;
}

/** How long our own strikes wait before the deadlock check that makes an autovacuum give way. */
export const STRIKE_DEADLOCK_TIMEOUT_MS = 20;

/** Asks the server; parameter privileges exist from 15 on, before only superusers may set deadlock_timeout. */
export async function readCapabilities(connection: Connection): Promise<Capabilities> {
  const mayset =
    connection.serverMajor >= 15
      ? "pg_catalog.has_parameter_privilege('deadlock_timeout', 'SET')"
      : "current_setting('is_superuser') = 'on'";
  const [row] = await connection.query<{ sets: boolean; ms: number; sees: boolean }>(
    `SELECT ${mayset} AS sets, (SELECT setting::int FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout') AS ms,
       pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') AS sees`,
  );
  return {
    setsDeadlockTimeout: row?.sets === true,
    deadlockTimeoutMs: row?.ms ?? 1000,
    seesOthers: row?.sees === true,
  };
}

/** What the role should be told it lacks, one sentence each. */
export function missingCapabilities(capabilities: Capabilities): readonly string[] {
  const notes: string[] = [];
  if (!capabilities.seesOthers) {
    notes.push(
      'This role cannot see how old other roles’ transactions are (GRANT pg_read_all_stats TO it), so it watches each for half a second before it judges.',
    );
  }
  if (!capabilities.setsDeadlockTimeout) {
    notes.push(
      'This role may not lower deadlock_timeout (GRANT SET ON PARAMETER deadlock_timeout TO it, from 15 on), so it waits for a running autovacuum instead of making it give way.',
    );
  }
  return notes;
}
