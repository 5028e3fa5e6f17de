import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { InvariantError } from '../src/model/error.ts';
import { effectsOf, NO_EFFECTS, type ReadCounters } from './effects.ts';
import type { Form } from './form.ts';
import { backendPid, errorOf, type Outcome, readBytes } from './observe-inside.ts';
import { Obstacles, type OpenSession } from './obstacles.ts';
import { countRows, namedLocks, readRelationStates } from './relation-state.ts';
import { locksOfStopped } from './stopped-locks.ts';

/**
 * Runs a form that no transaction may hold. Its locks cannot be read at the end, for they are gone by then; so it is
 * stopped at everything it can be made to wait for, and what it holds and asks for is read at each stop. Nothing
 * depends on the speed of the machine. `connect` leads to a copy of the database that is used up. Locks on indexes are left out: no session can be made to stand in their way.
 */
export async function observeOutside(connect: OpenSession, form: Form): Promise<Outcome> {
  const preparer = await connect();
  await preparer.query('CREATE SCHEMA measuring; CREATE TABLE measuring.mark (n integer);');
  const before = await readRelationStates(preparer);
  const rowsBefore = await countRows(preparer, before);
  await preparer.end();
  const observer = await connect();
  await observer.query('SELECT pg_stat_reset()');

  const runner = await connect();
  await runner.query(`SET TimeZone = '${form.timeZone ?? 'UTC'}'`);
  const obstacles = await Obstacles.build(connect, before);
  const locks = await locksOfStopped(observer, await backendPid(runner), obstacles, () => errorOf(runner, form.sql));
  await Promise.all([obstacles.remove(), runner.end()]);

  await untilReadsArrived(observer, connect);
  const reads = await readReads(observer);
  const after = await readRelationStates(observer);
  const bytesAfter = await readBytes(observer, before, after);
  await observer.end();
  const effects = effectsOf({ before, after, rowsBefore, bytesAfter, reads });
  const { error } = locks;
  return {
    error,
    locks: namedLocks(before, locks.strongest).filter((lock) => !lock.relationKind.endsWith('index')),
    // A scan before a refusal is no work that the statement is known for; what it leaves behind is.
    effects: error === null ? effects : { ...NO_EFFECTS, newRelations: effects.newRelations },
  };
}

async function readReads(client: pg.Client): Promise<ReadonlyMap<number, ReadCounters>> {
  const { rows } = await client.query<{ oid: string; scans: string; rows: string }>(
    'SELECT relid::int8 AS oid, seq_scan AS scans, seq_tup_read AS rows FROM pg_stat_user_tables',
  );
  return new Map(rows.map((row) => [Number(row.oid), { scans: Number(row.scans), rows: Number(row.rows) }]));
}

/** How often the mark was read, as far as the statistics know. */
async function readMarks(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ marks: string }>(
    `SELECT seq_scan AS marks FROM pg_stat_user_tables WHERE schemaname = 'measuring'`,
  );
  return Number(rows[0]?.marks ?? 0);
}

/**
 * Waits until the counters of every session that has ended are in. A session reports them at the latest when it ends,
 * and reports arrive in order, so one that reads the mark and ends now is the last of them.
 */
async function untilReadsArrived(client: pg.Client, connect: OpenSession): Promise<void> {
  const marker = await connect();
  await marker.query('SELECT * FROM measuring.mark');
  await marker.end();
  const deadline = Date.now() + 30_000;
  while ((await readMarks(client)) === 0) {
    if (Date.now() > deadline) throw new InvariantError('The statistics of a finished session did not arrive in 30 s.');
    await sleep(5);
  }
}
