import type { Connection } from '../db/connection.ts';
import { openSession } from '../db/open-session.ts';
import type { BackfillSettings, BackfillWalk } from '../model/backfill.ts';

/** Of one batch: it should take a tenth of a second. */
const STATEMENT_TIMEOUT_MS = 60_000;

const COMMON: Readonly<Record<string, string>> = {
  idle_in_transaction_session_timeout: '10s',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  default_transaction_read_only: 'off',
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
};

/** The session that looks, counts and writes the books. */
export function openControlSession(url: string, name: string): Promise<Connection> {
  return openSession(url, {
    applicationName: `evenkeel:backfill:${name}`,
    settings: { ...COMMON, lock_timeout: '5s', statement_timeout: '30s' },
  });
}

/** A session that changes rows, and holds the claim on the range that it walks. */
export async function openWorkerSession(
  url: string,
  backfill: number,
  index: number,
  what: { readonly settings: BackfillSettings; readonly walk: BackfillWalk },
): Promise<Connection> {
  const session = await openSession(url, {
    applicationName: `evenkeel:backfill:${backfill}:${index}`,
    settings: {
      ...COMMON,
      lock_timeout: `${what.settings.lockTimeoutMs}ms`,
      statement_timeout: `${STATEMENT_TIMEOUT_MS}ms`,
      // A batch is small, whatever the statistics of a table that was just filled say.
      jit: 'off',
      ...(what.walk.kind === 'keys' ? { enable_seqscan: 'off' } : {}),
    },
  });
  // A dead client's statement is ended after a second instead of going on; not every platform can.
  if (session.serverMajor >= 14) {
    await session
      .query("SELECT pg_catalog.set_config('client_connection_check_interval', '1s', false)")
      .catch(() => undefined);
  }
  return session;
}
