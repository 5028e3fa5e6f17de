import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../db/connection.ts';
import { DatabaseError, PrivilegeError, RunnerBusyError } from '../model/error.ts';
import type { RunEventDetail } from '../model/run-event.ts';
import { redactQuery } from './redact-query.ts';

/** Every session that changes something on behalf of a run carries this prefix. */
export const WORKER_NAME_PREFIX = 'evenkeel:worker:';

const GONE_WITHIN_MS = 10_000;

interface Orphan {
  readonly pid: number;
  readonly started: string;
  readonly query: string | null;
}

/**
 * Ends the worker sessions that dead runners left behind: the server goes on with a statement after its client was
 * killed. Whoever holds the runner lock knows that every other worker of this database is such an orphan.
 *
 * @throws PrivilegeError when an orphan belongs to a role whose sessions we may not end.
 */
export async function terminateOrphans(
  connection: Connection,
  onEvent: (event: RunEventDetail) => void,
): Promise<void> {
  for (const orphan of await findOrphans(connection)) {
    try {
      // Looked at once more: a pid may have been given to somebody else meanwhile.
      await connection.query(
        `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
         WHERE pid = $1 AND backend_start::text = $2`,
        [orphan.pid, orphan.started],
      );
    } catch (error) {
      throw notOurs(orphan, error);
    }
    onEvent({ type: 'orphan:terminated', pid: orphan.pid, query: redactQuery(orphan.query) });
  }
  await waitUntilGone(connection);
}

async function findOrphans(connection: Connection): Promise<readonly Orphan[]> {
  return connection.query<Orphan>(
    `SELECT pid, backend_start::text AS started, left(query, 1000) AS query FROM pg_catalog.pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE $1 AND pid <> pg_catalog.pg_backend_pid()`,
    [`${WORKER_NAME_PREFIX}%`],
  );
}

async function waitUntilGone(connection: Connection): Promise<void> {
  const deadline = performance.now() + GONE_WITHIN_MS;
  for (;;) {
    const [orphan] = await findOrphans(connection);
    if (orphan === undefined) return;
    if (performance.now() > deadline) {
      throw new RunnerBusyError(`The worker of a dead run, pid ${orphan.pid}, was told to end but is still there.`, {
        nextCommand: 'run the same command again in a minute',
      });
    }
    await sleep(20);
  }
}

function notOurs(orphan: Orphan, error: unknown): unknown {
  if (!(error instanceof DatabaseError) || error.sqlstate !== '42501') return error;
  return new PrivilegeError(
    `The worker of a dead run, pid ${orphan.pid}, belongs to another role, and this one may not end it.`,
    { cause: error, nextCommand: `SELECT pg_terminate_backend(${orphan.pid}) as its owner, then run again` },
  );
}
