import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { compareLockModes, type LockMode } from '../src/model/lock-mode.ts';
import type { Form } from './form.ts';
import type { MeasuredLock } from './measured-form.ts';
import { backendPid, errorOf, type Outcome } from './observe-inside.ts';
import { Obstacles, type OpenSession } from './obstacles.ts';
import { addLockMode, compareText, namedLocks, readLocks, readRelationStates } from './relation-state.ts';

/** Runs a statement among obstacles; whenever it waits, reads its locks and takes away a little of what it waits for. */
export async function locksOfStopped(
  observer: pg.Client,
  pid: number,
  obstacles: Obstacles,
  run: () => Promise<Outcome['error']>,
): Promise<{ readonly error: Outcome['error']; readonly strongest: ReadonlyMap<number, LockMode> }> {
  const strongest = new Map<number, LockMode>();
  let done = false;
  const finished = run().finally(() => {
    done = true;
  });
  while (!done) {
    const { rows } = await observer.query<{ blocker: number; waits_for: string }>(
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

/** Locks on tables that a form asks for in a transaction that is rolled back, those that it gives back included. */
export async function requestsInside(connect: OpenSession, form: Form): Promise<readonly MeasuredLock[]> {
  const [observer, runner] = [await connect(), await connect()];
  const before = await readRelationStates(observer);
  await runner.query(`SET TimeZone = '${form.timeZone ?? 'UTC'}'`);
  await runner.query('BEGIN');
  const obstacles = await Obstacles.build(connect, before);
  const { strongest } = await locksOfStopped(observer, await backendPid(runner), obstacles, () =>
    errorOf(runner, form.sql),
  );
  await runner.query('ROLLBACK');
  await Promise.all([obstacles.remove(), runner.end(), observer.end()]);
  return namedLocks(before, strongest).filter((lock) => !lock.relationKind.endsWith('index'));
}

/** The strongest mode of each relation in both lists, sorted. */
export function strongerLocks(some: readonly MeasuredLock[], others: readonly MeasuredLock[]): readonly MeasuredLock[] {
  const strongest = new Map(some.map((lock) => [lock.relation, lock]));
  for (const lock of others) {
    const known = strongest.get(lock.relation);
    if (known === undefined || compareLockModes(lock.mode, known.mode) > 0) strongest.set(lock.relation, lock);
  }
  return [...strongest.values()].sort((a, b) => compareText(a.relation, b.relation));
}
