import type { ConcurrentIndexStep } from '../model/plan.ts';
import type { RelationKey } from '../model/relation-name.ts';
import { STRIKE_DEADLOCK_TIMEOUT_MS } from './capabilities.ts';
import type { StepAddress } from './command.ts';
import type { LockTarget } from './lock-target.ts';
import { failureOf, rollBack, setTimeouts } from './perform-sql.ts';
import type { RunInputDetail } from './state.ts';
import { type Supervised, type Supervision, supervised } from './supervise.ts';
import type { Workroom } from './workroom.ts';

const LOOK_EVERY_MS = 250;

/**
 * Asks for the build's first lock in a transaction of its own and lets it go again. A build that failed on that lock
 * would leave an invalid index behind; a probe leaves nothing.
 */
export async function probeLock(
  room: Workroom,
  lockTimeoutMs: number,
  targets: readonly LockTarget[],
): Promise<RunInputDetail> {
  const { worker, capabilities } = room;
  const locks = targets
    .filter(({ lockable }) => lockable)
    .map(({ relation }) => `LOCK TABLE ONLY ${relation} IN SHARE UPDATE EXCLUSIVE MODE;\n`);
  const deadlock = capabilities.setsDeadlockTimeout
    ? `SET LOCAL deadlock_timeout = ${STRIKE_DEADLOCK_TIMEOUT_MS};\n`
    : '';
  const startedAt = performance.now();
  try {
    await worker.execute(`BEGIN;\nSET LOCAL lock_timeout = ${lockTimeoutMs};\n${deadlock}${locks.join('')}COMMIT`);
    return { kind: 'lock-probed' };
  } catch (error) {
    const failure = failureOf(error, performance.now() - startedAt);
    await rollBack(worker);
    return { kind: 'sql-failed', failure };
  }
}

/** Runs the concurrent statement itself: outside a transaction, without a lock timeout, watched. */
export async function buildIndex(
  room: Workroom,
  step: ConcurrentIndexStep,
  address: StepAddress,
): Promise<RunInputDetail> {
  return alone(room, step.sql, address, step.verb === 'drop' ? 'dropping' : 'building', (watched) => ({
    kind: 'index-built',
    waiters: watched.maxWaiters,
  }));
}

/** Clears an invalid index away. It waits for old transactions on the table, as a build does. */
export async function dropIndex(room: Workroom, index: RelationKey, address: StepAddress): Promise<RunInputDetail> {
  const sql = `DROP INDEX CONCURRENTLY IF EXISTS ${index}`;
  return alone(room, sql, address, 'dropping the invalid index', () => ({ kind: 'index-dropped' }), false);
}

async function alone(
  room: Workroom,
  sql: string,
  address: StepAddress,
  doing: string,
  done: (watched: Supervised) => RunInputDetail,
  stoppable = true,
): Promise<RunInputDetail> {
  const { worker, control } = room;
  await setTimeouts(worker, { lockTimeoutMs: 0, statementTimeoutMs: 0 });
  const startedAt = performance.now();
  const { result, watched } = await supervised(control, supervision(room, address, doing, startedAt, stoppable), () =>
    worker.execute(sql),
  );
  if (result.status === 'fulfilled') return done(watched);
  return { kind: 'sql-failed', failure: failureOf(result.reason, performance.now() - startedAt, watched) };
}

function supervision(
  room: Workroom,
  address: StepAddress,
  doing: string,
  startedAt: number,
  stoppable: boolean,
): Supervision {
  const { pid } = room.worker;
  let toldAt = startedAt;
  return {
    pid,
    firstLookMs: 50,
    everyMs: LOOK_EVERY_MS,
    cancelAfterMs: null,
    stop: stoppable ? room.signal : null,
    onLook: async () => {
      const now = performance.now();
      if (now - toldAt < room.limits.indexProgressEveryMs) return;
      toldAt = now;
      const { migration, step } = address;
      const elapsedMs = Math.round(now - startedAt);
      room.emit({ type: 'index:progress', migration, step, ...(await progress(room, doing)), elapsedMs });
    },
  };
}

interface ProgressRow {
  readonly phase: string | null;
  readonly percent: number | null;
  readonly waiting_for: number | null;
}

/** DROP has no progress view; then at least the session that it waits for is named. */
async function progress(
  room: Workroom,
  doing: string,
): Promise<{ readonly phase: string; readonly percent: number | null; readonly waitingForPid: number | null }> {
  const [row] = await room.control.query<ProgressRow>(
    `SELECT p.phase,
       round((100 * CASE WHEN p.blocks_total > 0 THEN p.blocks_done::float8 / p.blocks_total
         WHEN p.tuples_total > 0 THEN p.tuples_done::float8 / p.tuples_total
         WHEN p.lockers_total > 0 THEN p.lockers_done::float8 / p.lockers_total END)::numeric, 1)::float8 AS percent,
       coalesce(nullif(p.current_locker_pid, 0)::int, (pg_catalog.pg_blocking_pids($1))[1]) AS waiting_for
     FROM (SELECT $1::int AS pid) me LEFT JOIN pg_catalog.pg_stat_progress_create_index p ON p.pid = me.pid`,
    [room.worker.pid],
  );
  return { phase: row?.phase ?? doing, percent: row?.percent ?? null, waitingForPid: row?.waiting_for ?? null };
}
