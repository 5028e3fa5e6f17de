import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../db/connection.ts';
import { compareLockModes, type LockMode } from '../model/lock-mode.ts';
import { errorOf } from './error-of.ts';
import { Obstacles, type OpenSession } from './obstacles.ts';
import {
  addLockMode,
  compareText,
  namedLocks,
  type RelationState,
  readLocks,
  readRelationStates,
} from './relation-state.ts';
import type { ObservedLock, StatementError } from './statement-outcome.ts';

/** Runs a statement among obstacles; whenever it waits, reads its locks and takes away a little of what it waits for. */
export async function locksOfStopped(
  observer: Connection,
  pid: number,
  obstacles: Obstacles,
  run: () => Promise<StatementError | null>,
): Promise<{ readonly error: StatementError | null; readonly strongest: ReadonlyMap<number, LockMode> }> {
  const strongest = new Map<number, LockMode>();
  let done = false;
  const finished = run().finally(() => {
    done = true;
  });
  while (!done) {
    const rows = await observer.query<{ blocker: number; waits_for: string }>(
      `SELECT unnest(pg_blocking_pids($1)) AS blocker,
              (SELECT locktype FROM pg_locks WHERE pid = $1 AND NOT granted LIMIT 1) AS waits_for`,
      [pid],
    );
    if (rows.length === 0) await sleep(1);
    else for (const [oid, mode] of await readLocks(observer, pid)) addLockMode(strongest, oid, mode);
    for (const row of rows) await obstacles.yieldFrom(row.blocker, row.waits_for === 'virtualxid');
  }
  return { error: await finished, strongest };
}

/** A statement, and the TimeZone of its session (UTC when not given). */
export interface ObservedForm {
  readonly sql: string;
  readonly timeZone?: string;
}

/** Locks on tables that a form asks for in a transaction that is rolled back, those that it gives back included. */
export async function requestsInside(connect: OpenSession, form: ObservedForm): Promise<readonly ObservedLock[]> {
  const [observer, runner] = [await connect(), await connect()];
  const before = await readRelationStates(observer);
  await runner.execute(`SET TimeZone = '${form.timeZone ?? 'UTC'}'`);
  await runner.execute('BEGIN');
  const obstacles = await Obstacles.build(connect, eachAlone(before.values()));
  const { strongest } = await locksOfStopped(observer, runner.pid, obstacles, () => errorOf(runner, form.sql));
  await runner.execute('ROLLBACK');
  await Promise.all([obstacles.remove(), runner.close(), observer.close()]);
  return namedLocks(before, strongest).filter((lock) => !lock.relationKind.endsWith('index'));
}

/** A group for each of them. */
export function eachAlone(states: Iterable<RelationState>): readonly (readonly RelationState[])[] {
  return [...states].map((state) => [state]);
}

/** The strongest mode of each relation in both lists, sorted. */
export function strongerLocks(some: readonly ObservedLock[], others: readonly ObservedLock[]): readonly ObservedLock[] {
  const strongest = new Map(some.map((lock) => [lock.relation, lock]));
  for (const lock of others) {
    const known = strongest.get(lock.relation);
    if (known === undefined || compareLockModes(lock.mode, known.mode) > 0) strongest.set(lock.relation, lock);
  }
  return [...strongest.values()].sort((a, b) => compareText(a.relation, b.relation));
}
