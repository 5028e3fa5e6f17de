import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../db/connection.ts';
import { DatabaseError, PrivilegeError, RunnerBusyError } from '../model/error.ts';
import type { RunEventDetail } from '../model/run-event.ts';
import { redactQuery } from './redact-query.ts';

/** Every session that changes something on behalf of a run carries this prefix. */
export const WORKER_NAME_PREFIX = 'evenkeel:worker:';

const GONE_WITHIN_MS = 10_000;

/** A worker session that a dead runner left behind. */
export interface Orphan {
  readonly pid: number;
  readonly started: string;
  readonly query: string | null;
  /** What it builds concurrently right now, by oid; null: it does something else. */
  readonly index: number | null;
  readonly table: number | null;
}

type OnEvent = (event: RunEventDetail) => void;

/**
 * Ends the worker sessions that dead runners left behind: the server goes on with a statement after its client was
 * killed. Whoever holds the runner lock knows that every other worker of this database is such an orphan.
 *
 * @returns those that build an index concurrently, which are left alone: such a build may be taken over.
 * @throws PrivilegeError when an orphan belongs to a role whose sessions we may not end.
 */
export async function terminateOrphans(connection: Connection, onEvent: OnEvent): Promise<readonly Orphan[]> {
  const orphans = await findOrphans(connection);
  const builders = orphans.filter(({ index }) => index !== null);
  for (const orphan of orphans) if (!builders.includes(orphan)) await tellToEnd(connection, orphan, onEvent);
  await waitUntilGone(connection, ({ pid }) => !builders.some((builder) => builder.pid === pid));
  return builders;
}

/** Ends one of them, and waits until it is gone. */
export async function terminateOrphan(
  connection: Connection,
  orphan: Pick<Orphan, 'pid' | 'started' | 'query'>,
  onEvent: OnEvent,
): Promise<void> {
  await tellToEnd(connection, orphan, onEvent);
  await waitUntilGone(connection, ({ pid, started }) => pid === orphan.pid && started === orphan.started);
}

async function tellToEnd(
  connection: Connection,
  orphan: Pick<Orphan, 'pid' | 'started' | 'query'>,
  onEvent: OnEvent,
): Promise<void> {
  try {
    // Looked at once more: a pid may have been given to somebody else meanwhile.
    await connection.query(
      `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
       WHERE pid = $1 AND backend_start::text = $2`,
      [orphan.pid, orphan.started],
    );
  } catch (error) {
    throw notOurs(orphan.pid, error);
  }
  onEvent({ type: 'orphan:terminated', pid: orphan.pid, query: redactQuery(orphan.query) });
}

async function findOrphans(connection: Connection): Promise<readonly Orphan[]> {
  return connection.query<Orphan>(
    `SELECT a.pid, a.backend_start::text AS started, a.query,
       nullif(p.index_relid, 0) AS index, nullif(p.relid, 0) AS table
     FROM pg_catalog.pg_stat_activity a
     LEFT JOIN pg_catalog.pg_stat_progress_create_index p
       ON p.pid = a.pid AND p.command = 'CREATE INDEX CONCURRENTLY'
     WHERE a.datname = current_database() AND a.application_name LIKE $1 AND a.pid <> pg_catalog.pg_backend_pid()`,
    [`${WORKER_NAME_PREFIX}%`],
  );
}

async function waitUntilGone(connection: Connection, counts: (orphan: Orphan) => boolean): Promise<void> {
  const deadline = performance.now() + GONE_WITHIN_MS;
  for (;;) {
    const orphan = (await findOrphans(connection)).find(counts);
    if (orphan === undefined) return;
    if (performance.now() > deadline) {
      throw new RunnerBusyError(`The worker of a dead run, pid ${orphan.pid}, was told to end but is still there.`, {
        nextCommand: 'run the same command again in a minute',
      });
    }
    await sleep(20);
  }
}

function notOurs(pid: number, error: unknown): unknown {
  if (!(error instanceof DatabaseError) || error.sqlstate !== '42501') return error;
  return new PrivilegeError(
    `The worker of a dead run, pid ${pid}, belongs to another role, and this one may not end it.`,
    { cause: error, nextCommand: `SELECT pg_terminate_backend(${pid}) as its owner, then run again` },
  );
}
