import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../db/connection.ts';
import { RunnerBusyError } from '../model/error.ts';
import type { RunEventDetail } from '../model/run-event.ts';

/** `EVKL` and 1: an advisory lock of the target database that nobody else has a reason to take. */
const LOCK_CLASS = 0x45564b4c;
const LOCK_OBJECT = 1;

/** Between two tries, ms; drawn at random so that two waiting runners do not march in step. */
const TRY_EVERY_MS = { min: 150, max: 450 };
const REPORT_EVERY_MS = 5_000;

export interface RunnerHolder {
  readonly pid: number;
  readonly applicationName: string | null;
  /** ISO 8601, when its session began. */
  readonly since: string;
  readonly ageMs: number | null;
}

/** Who holds the runner lock of this database, or null. */
export async function findRunner(connection: Connection): Promise<RunnerHolder | null> {
  const [row] = await connection.query<{ pid: number; name: string | null; since: string | null; age: number | null }>(
    `SELECT l.pid, a.application_name AS name,
       pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS since,
       (extract(epoch FROM clock_timestamp() - a.backend_start) * 1000)::float8 AS age
     FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
     WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1 AND l.objid = $2 AND l.objsubid = 2
       AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())`,
    [LOCK_CLASS, LOCK_OBJECT],
  );
  if (row === undefined) return null;
  const ageMs = row.age === null ? null : Math.round(row.age);
  return { pid: row.pid, applicationName: row.name, since: row.since ?? '', ageMs };
}

/**
 * Takes the lock that makes us the one runner of this database, for as long as the session lives.
 *
 * It only ever tries: a session blocked inside pg_advisory_lock() holds a snapshot that CREATE INDEX CONCURRENTLY of
 * the other runner would wait for, and the two would stand still (measured on 15.18).
 *
 * @throws RunnerBusyError after `waitMs`, or at once when `signal` is aborted.
 */
export async function acquireRunnerLock(
  connection: Connection,
  options: {
    readonly waitMs: number;
    readonly signal: AbortSignal;
    readonly commandLine: string;
    readonly onEvent: (event: RunEventDetail) => void;
  },
): Promise<void> {
  const startedAt = performance.now();
  let reportedAt: number | null = null;
  for (;;) {
    const [row] = await connection.query<{ taken: boolean }>(
      'SELECT pg_catalog.pg_try_advisory_lock($1, $2) AS taken',
      [LOCK_CLASS, LOCK_OBJECT],
    );
    if (row?.taken === true) return;
    const holder = await findRunner(connection);
    const now = performance.now();
    if (now - startedAt >= options.waitMs || options.signal.aborted) throw busy(holder, options.commandLine);
    if (reportedAt === null || now - reportedAt >= REPORT_EVERY_MS) {
      reportedAt = now;
      options.onEvent({
        type: 'run:waiting-for-runner',
        holderPid: holder?.pid ?? null,
        holder: holder?.applicationName ?? null,
        ageMs: holder?.ageMs ?? null,
      });
    }
    await sleep(TRY_EVERY_MS.min + Math.random() * (TRY_EVERY_MS.max - TRY_EVERY_MS.min));
  }
}

/** Lets the next runner begin, while this session lives on. */
export async function releaseRunnerLock(connection: Connection): Promise<void> {
  await connection.query('SELECT pg_catalog.pg_advisory_unlock($1, $2)', [LOCK_CLASS, LOCK_OBJECT]);
}

function busy(holder: RunnerHolder | null, commandLine: string): RunnerBusyError {
  const name = holder?.applicationName ? ` (${holder.applicationName})` : '';
  const age = holder?.ageMs == null ? '' : `, connected for ${Math.round(holder.ageMs / 1000)} s`;
  const who = holder === null ? 'Another runner' : `Another runner, pid ${holder.pid}${name}${age},`;
  return new RunnerBusyError(`${who} is at work on this database.`, {
    nextCommand: `wait for it to finish, then ${commandLine}`,
  });
}
