import { lookAtQueue, pauseUntil } from '../guard/supervise.ts';
import type { Alarm } from '../model/alarm.ts';
import type { ConcurrentIndexStep } from '../model/plan.ts';
import type { RelationKey } from '../model/relation-name.ts';
import { STRIKE_DEADLOCK_TIMEOUT_MS } from './capabilities.ts';
import type { LockTarget } from './lock-target.ts';
import { observeIndex } from './observe-index.ts';
import { failureOf, isConnectionLost, rollBack, setTimeouts } from './perform-sql.ts';
import type { IndexLook, RunInputDetail } from './state.ts';
import type { Workroom } from './workroom.ts';

const FIRST_LOOK_MS = 50;

/** Between two attempts to cancel: the server hears the first one, unless it is in the midst of something. */
const CANCEL_AGAIN_MS = 250;

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

/** A statement about an index that the worker is at: outside of a transaction, without a lock timeout, watched. */
export interface RunningStatement {
  readonly command: 'build-index' | 'drop-index';
  readonly step: ConcurrentIndexStep;
  readonly startedAt: number;
  /** Aborted when it has ended. */
  readonly over: AbortSignal;
  readonly ended: Promise<PromiseSettledResult<void>>;
  maxWaiters: number;
  cancelledBy: 'stop' | 'deadline' | 'alarm' | null;
  alarm: Alarm | null;
}

/** Sends the concurrent statement itself. */
export function startBuild(room: Workroom, step: ConcurrentIndexStep): Promise<RunningStatement> {
  return start(room, 'build-index', step, step.sql);
}

/** Clears an invalid index away. It waits for old transactions on the table, as a build does. */
export function startDrop(room: Workroom, index: RelationKey, step: ConcurrentIndexStep): Promise<RunningStatement> {
  return start(room, 'drop-index', step, `DROP INDEX CONCURRENTLY IF EXISTS ${index}`);
}

async function start(
  { worker }: Workroom,
  command: RunningStatement['command'],
  step: ConcurrentIndexStep,
  sql: string,
): Promise<RunningStatement> {
  await setTimeouts(worker, { lockTimeoutMs: 0, statementTimeoutMs: 0 });
  const startedAt = performance.now();
  const over = new AbortController();
  const ended = Promise.allSettled([worker.execute(sql)]).then(([result]) => {
    over.abort();
    return result;
  });
  return { command, step, startedAt, over: over.signal, ended, maxWaiters: 0, cancelledBy: null, alarm: null };
}

/** Waits for its end, but no longer than `afterMs`; then looks how far it is and whom it waits for. A build is
 * taken back where a sign of the server gets worse than it may be; a drop of remains is finished. */
export async function watchIndex(
  room: Workroom,
  running: RunningStatement,
  afterMs: number = FIRST_LOOK_MS,
): Promise<RunInputDetail> {
  await pauseOver(room, running, afterMs);
  if (running.over.aborted) return outcomeOf(running);
  const alarm = running.command === 'build-index' ? await room.vitals.look() : null;
  if (alarm !== null) return cancelIndex(room, running, 'alarm', alarm);
  const look = await lookAt(room, running);
  return running.over.aborted ? outcomeOf(running) : { kind: 'index-watched', ...look };
}

/** A request to stop is heard at once where it cancels; a drop of remains is finished. */
async function pauseOver(room: Workroom, running: RunningStatement, ms: number): Promise<void> {
  if (running.command === 'drop-index') return pauseUntil(ms, running.over);
  const awake = new AbortController();
  const wake = (): void => awake.abort();
  const signals = [running.over, room.signal];
  if (signals.some(({ aborted }) => aborted)) return;
  for (const signal of signals) signal.addEventListener('abort', wake);
  await pauseUntil(ms, awake.signal);
  for (const signal of signals) signal.removeEventListener('abort', wake);
}

/** A look that the server refuses says nothing about the statement, which goes on. */
async function lookAt(
  { control, worker }: Workroom,
  running: RunningStatement,
): Promise<IndexLook & { readonly waiters: number }> {
  try {
    const { waiters } = await lookAtQueue(control, worker.pid);
    running.maxWaiters = Math.max(running.maxWaiters, waiters);
    return { waiters, ...(await observeIndex(control, worker.pid, running.step.table)) };
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    return { waiters: 0, phase: null, percent: null, blockers: [] };
  }
}

/** The end of the statement is awaited, so a cancel never hits a later one. */
export async function cancelIndex(
  { control, worker }: Workroom,
  running: RunningStatement,
  why: 'stop' | 'deadline' | 'alarm',
  alarm: Alarm | null = null,
): Promise<RunInputDetail> {
  while (!running.over.aborted) {
    running.cancelledBy = why;
    running.alarm = alarm;
    await control.query('SELECT pg_catalog.pg_cancel_backend($1)', [worker.pid]).catch((error: unknown) => {
      if (isConnectionLost(error)) throw error;
    });
    await pauseUntil(CANCEL_AGAIN_MS, running.over);
  }
  return outcomeOf(running);
}

async function outcomeOf(running: RunningStatement): Promise<RunInputDetail> {
  const { command, maxWaiters, startedAt, cancelledBy, alarm } = running;
  const result = await running.ended;
  if (result.status === 'rejected') {
    const watched = { maxWaiters, cancelledBy, overdraft: null };
    const failure = failureOf(result.reason, performance.now() - startedAt, watched);
    return { kind: 'sql-failed', failure: cancelledBy === 'alarm' ? { ...failure, alarm } : failure };
  }
  return command === 'build-index' ? { kind: 'index-built', waiters: maxWaiters } : { kind: 'index-dropped' };
}
