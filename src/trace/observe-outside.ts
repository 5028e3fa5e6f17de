import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../db/connection.ts';
import { InvariantError } from '../model/error.ts';
import { type Effects, effectsOf, NO_EFFECTS } from './effects.ts';
import { errorOf } from './error-of.ts';
import { readBytes } from './observe-statement.ts';
import { Obstacles, type OpenSession } from './obstacles.ts';
import { countRows, namedLocks, type RelationState, readRelationStates } from './relation-state.ts';
import type { RelationReads } from './scan-counters.ts';
import type { ObservedLock, StatementError } from './statement-outcome.ts';
import { eachAlone, locksOfStopped } from './stopped-locks.ts';

export interface OutsideObservation {
  readonly error: StatementError | null;
  readonly locks: readonly ObservedLock[];
  readonly effects: Effects;
}

export interface OutsideOptions {
  readonly sql: string;
  /** The session that runs the statement; it is closed afterwards, as its counters are complete only then. */
  readonly runner: Connection;
  /** Sessions that stand in the way; of a role that may lock all tables. */
  readonly connect: OpenSession;
  /** Sessions that look on; of a superuser. */
  readonly connectObserver: OpenSession;
  /**
   * Whether a session of its own is to stand in the way of the relation; all others share one, which gives way for all
   * of them at once. Each has its own when left out.
   */
  readonly standsAlone?: (state: RelationState) => boolean;
}

/**
 * Runs a statement that no transaction may hold. Its locks cannot be read at the end, for they are gone by then; so it is
 * stopped at everything it can be made to wait for, and what it holds and asks for is read at each stop. Nothing
 * depends on the speed of the machine. What it does stays. Locks on indexes are left out: no session can be made to
 * stand in their way.
 */
export async function observeOutside(options: OutsideOptions): Promise<OutsideObservation> {
  const { sql, runner, connect, connectObserver, standsAlone = () => true } = options;
  // Counting reads the tables; the session must have ended before the counters are set back.
  const preparer = await connectObserver();
  await preparer.execute('CREATE SCHEMA measuring; CREATE TABLE measuring.mark (n integer);');
  const before = await readRelationStates(preparer);
  const rowsBefore = await countRows(preparer, before);
  await preparer.close();
  const observer = await connectObserver();
  try {
    await observer.query('SELECT pg_catalog.pg_stat_reset()');
    const states = [...before.values()];
    const others = states.filter((state) => !standsAlone(state));
    const obstacles = await Obstacles.build(connect, [...eachAlone(states.filter(standsAlone)), others]);
    const stopped = await locksOfStopped(observer, runner.pid, obstacles, () => errorOf(runner, sql));
    await Promise.all([obstacles.remove(), runner.close()]);
    await untilReadsArrived(observer, connectObserver);
    const reads = await readReads(observer);
    const after = await readRelationStates(observer);
    const bytesAfter = await readBytes(observer, before, after);
    const effects = effectsOf({ before, after, rowsBefore, bytesAfter, reads });
    const { error } = stopped;
    return {
      error,
      locks: namedLocks(before, stopped.strongest).filter((lock) => !lock.relationKind.endsWith('index')),
      // A scan before a refusal is no work that the statement is known for; what it leaves behind is.
      effects: error === null ? effects : { ...NO_EFFECTS, newRelations: effects.newRelations },
    };
  } finally {
    await observer.execute('DROP SCHEMA IF EXISTS measuring CASCADE').catch(() => undefined);
    await Promise.all([observer.close(), runner.close()]);
  }
}

async function readReads(connection: Connection): Promise<RelationReads> {
  const rows = await connection.query<{ oid: string; scans: string; rows: string }>(
    'SELECT relid::int8 AS oid, seq_scan AS scans, seq_tup_read AS rows FROM pg_catalog.pg_stat_user_tables',
  );
  return new Map(rows.map((row) => [Number(row.oid), { scans: Number(row.scans), rows: Number(row.rows) }]));
}

/** How often the mark was read, as far as the statistics know. */
async function readMarks(connection: Connection): Promise<number> {
  const rows = await connection.query<{ marks: string }>(
    `SELECT seq_scan AS marks FROM pg_catalog.pg_stat_user_tables WHERE schemaname = 'measuring'`,
  );
  return Number(rows[0]?.marks ?? 0);
}

/**
 * Waits until the counters of every session that has ended are in. A session reports them at the latest when it ends,
 * and reports arrive in order, so one that reads the mark and ends now is the last of them.
 */
async function untilReadsArrived(connection: Connection, connect: OpenSession): Promise<void> {
  const marker = await connect();
  await marker.query('SELECT * FROM measuring.mark');
  await marker.close();
  const deadline = Date.now() + 30_000;
  while ((await readMarks(connection)) === 0) {
    if (Date.now() > deadline) throw new InvariantError('The statistics of a finished session did not arrive in 30 s.');
    await sleep(5);
  }
}
