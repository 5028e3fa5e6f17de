import type { Connection } from '../db/connection.ts';
import { type Effects, effectsOf, NO_EFFECTS } from './effects.ts';
import { errorOf } from './error-of.ts';
import { type LockModes, type RelationStates, readLockModes, readRelationStates } from './relation-state.ts';
import { readScanCounters, readsBetween } from './scan-counters.ts';
import type { StatementError } from './statement-outcome.ts';

/** What is known before the statement. */
export interface ObservedFrom {
  readonly before: RelationStates;
  /** Rows of each table that has some, by oid; without any, nothing is held to be emptied, and no size is read. */
  readonly rowsBefore: ReadonlyMap<number, number>;
}

export interface ObservedStatement {
  readonly error: StatementError | null;
  /** All that the transaction holds after the statement; nothing after an error. */
  readonly held: LockModes;
  readonly effects: Effects;
  readonly after: RelationStates;
}

/**
 * Runs a statement in the transaction that the caller has opened, and looks at its locks, files and scan counters.
 * Exact: nothing is sampled, a transaction keeps its locks to its end. After an error the transaction is aborted.
 */
export async function observeStatement(
  connection: Connection,
  sql: string,
  { before, rowsBefore }: ObservedFrom,
): Promise<ObservedStatement> {
  const readsBefore = await readScanCounters(connection, before);
  const error = await errorOf(connection, sql);
  if (error !== null) return { error, held: new Map(), effects: NO_EFFECTS, after: before };
  const held = await readLockModes(connection, connection.pid);
  const reads = readsBetween(readsBefore, await readScanCounters(connection, before));
  const after = await readRelationStates(connection);
  const bytesAfter = rowsBefore.size === 0 ? new Map() : await readBytes(connection, before, after);
  return { error, held, effects: effectsOf({ before, after, rowsBefore, bytesAfter, reads }), after };
}

/** Bytes of the relations that have another file than before. Takes ACCESS SHARE, so locks must have been read. */
export async function readBytes(
  connection: Connection,
  before: RelationStates,
  after: RelationStates,
): Promise<ReadonlyMap<number, number>> {
  const changed = [...after.values()]
    .filter((state) => (before.get(state.oid)?.fileNode ?? state.fileNode) !== state.fileNode)
    .map((state) => state.oid);
  const rows = await connection.query<{ oid: string; bytes: string | null }>(
    'SELECT o::int8 AS oid, pg_catalog.pg_relation_size(o)::int8 AS bytes FROM pg_catalog.unnest($1::oid[]) o',
    [changed],
  );
  return new Map(rows.map((row) => [Number(row.oid), Number(row.bytes ?? 0)]));
}
