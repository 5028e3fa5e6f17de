import pg from 'pg';
import { type Effects, effectsOf, NO_EFFECTS, type ReadCounters } from './effects.ts';
import type { Form } from './form.ts';
import type { MeasuredForm, MeasuredLock } from './measured-form.ts';
import { namedLocks, type RelationStates, readLocks, readRelationStates } from './relation-state.ts';

/** What one run of a form showed. */
export interface Outcome {
  readonly error: MeasuredForm['error'];
  readonly locks: readonly MeasuredLock[];
  readonly effects: Effects;
}

/** Cost of the counters is nothing; they are those of the running transaction, so nobody else's reads are in them. */
const READS = `
  SELECT o::int8 AS oid, pg_stat_get_xact_numscans(o)::int AS scans, pg_stat_get_xact_tuples_returned(o)::int AS rows
    FROM unnest($1::oid[]) o`;

/**
 * Runs one form in a transaction that is rolled back, and looks at its own locks, files and scan counters before that.
 * Exact: nothing is sampled, a transaction keeps its locks to its end.
 */
export async function observeInside(
  client: pg.Client,
  form: Form,
  rowsBefore: ReadonlyMap<number, number>,
): Promise<Outcome> {
  await client.query(`SET TimeZone = '${form.timeZone ?? 'UTC'}'`);
  await client.query('BEGIN');
  try {
    const before = await readRelationStates(client);
    const readsBefore = await readReads(client, before);
    const error = await errorOf(client, form.sql);
    if (error !== null) return { error, locks: [], effects: NO_EFFECTS };
    const locks = await readLocks(client, await backendPid(client));
    const readsAfter = await readReads(client, before);
    const after = await readRelationStates(client);
    const reads = difference(readsBefore, readsAfter);
    const bytesAfter = await readBytes(client, before, after);
    return {
      error: null,
      locks: namedLocks(before, locks),
      effects: effectsOf({ before, after, rowsBefore, bytesAfter, reads }),
    };
  } finally {
    await client.query('ROLLBACK');
  }
}

/** Runs a statement; answers the server's refusal instead of throwing it. */
export async function errorOf(client: pg.Client, sql: string): Promise<MeasuredForm['error']> {
  try {
    await client.query(sql);
    return null;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code !== undefined) {
      return { sqlstate: error.code, message: error.message };
    }
    throw error;
  }
}

/** Process id of the backend behind a connection. */
export async function backendPid(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}

/** Bytes of the relations that have another file than before. Takes ACCESS SHARE, so locks must have been read. */
export async function readBytes(
  client: pg.Client,
  before: RelationStates,
  after: RelationStates,
): Promise<ReadonlyMap<number, number>> {
  const changed = [...after.values()]
    .filter((state) => (before.get(state.oid)?.fileNode ?? state.fileNode) !== state.fileNode)
    .map((state) => state.oid);
  const { rows } = await client.query<{ oid: string; bytes: string | null }>(
    'SELECT o::int8 AS oid, pg_relation_size(o)::int8 AS bytes FROM unnest($1::oid[]) o',
    [changed],
  );
  return new Map(rows.map((row) => [Number(row.oid), Number(row.bytes ?? 0)]));
}

async function readReads(client: pg.Client, states: RelationStates): Promise<ReadonlyMap<number, ReadCounters>> {
  const { rows } = await client.query<{ oid: string; scans: number | null; rows: number | null }>(READS, [
    [...states.keys()],
  ]);
  return new Map(rows.map((row) => [Number(row.oid), { scans: row.scans ?? 0, rows: row.rows ?? 0 }]));
}

/** What came to the counters between two looks at them. */
function difference(
  before: ReadonlyMap<number, ReadCounters>,
  after: ReadonlyMap<number, ReadCounters>,
): ReadonlyMap<number, ReadCounters> {
  const grown = new Map<number, ReadCounters>();
  for (const [oid, now] of after) {
    const then = before.get(oid) ?? { scans: 0, rows: 0 };
    grown.set(oid, { scans: now.scans - then.scans, rows: now.rows - then.rows });
  }
  return grown;
}
