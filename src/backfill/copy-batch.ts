import type { Connection } from '../db/connection.ts';
import { DatabaseError } from '../model/error.ts';
import type { BackfillStep } from '../model/plan.ts';
import type { PassCursor } from './pass-cursor.ts';
import { nextBlockRange, startBlockPass } from './walk-blocks.ts';
import { nextKeyRange, startKeyPass } from './walk-keys.ts';

export interface PassStart {
  /** null: the table is empty. */
  readonly cursor: PassCursor | null;
  /** How many rows or blocks the first batch takes. */
  readonly size: number;
}

/** Freezes the bounds of a pass over the step's table. */
export async function startPass(connection: Connection, step: BackfillStep, pass: number): Promise<PassStart> {
  if (step.keyColumns.length === 0) return startBlockPass(connection, step, pass);
  return { cursor: await startKeyPass(connection, step, pass), size: step.batchRows };
}

/** The planner's estimate of the table's rows, partitions included; null when nothing was ever counted. */
export async function estimateRows(connection: Connection, step: BackfillStep): Promise<number | null> {
  const [row] = await connection.query<{ rows: number | null }>(
    `WITH RECURSIVE rel AS (
       SELECT $1::regclass::oid AS oid
       UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN rel ON i.inhparent = rel.oid)
     SELECT sum(c.reltuples) FILTER (WHERE c.reltuples >= 0 AND c.relkind = 'r')::float8 AS rows
     FROM rel JOIN pg_catalog.pg_class c ON c.oid = rel.oid`,
    [step.table],
  );
  return row?.rows == null ? null : Math.round(row.rows);
}

export interface BatchResult {
  readonly changed: number;
  /** In all, earlier runs included. */
  readonly rowsDone: number;
  /** null: that was the last batch of the pass. */
  readonly cursor: PassCursor | null;
}

/** Where the cursor is kept, and what lets only the current runner write it. */
export interface CursorHome {
  readonly migration: string;
  readonly step: string;
  readonly fence: string;
}

/**
 * Changes the next rows. The UPDATE of the rows and that of the cursor are one statement, so one transaction: a kill
 * leaves either both or none of them, and the row locks are not held while this process thinks.
 *
 * @returns null when the walk has lost its footing (the file was written anew) and the pass must begin again.
 */
export async function copyBatch(
  connection: Connection,
  step: BackfillStep,
  cursor: PassCursor,
  size: number,
  home: CursorHome,
): Promise<BatchResult | null> {
  const range =
    cursor.kind === 'keys'
      ? await nextKeyRange(connection, step, cursor, size)
      : await nextBlockRange(connection, step, cursor, size);
  if (range === null) return null;
  const count = range.parameters.length;
  const [row] = await connection.query<{ changed: number; rows_done: string }>(
    `WITH changed AS (
       UPDATE ${step.table} SET ${step.assignments} WHERE ${range.sql} AND (${step.where}) RETURNING 1),
     counted AS (SELECT count(*) AS n FROM changed)
     UPDATE evenkeel.step AS s SET cursor = $${count + 1}::jsonb, rows_done = coalesce(s.rows_done, 0) + counted.n
     FROM counted WHERE s.migration = $${count + 2} AND s.id = $${count + 3}
       AND evenkeel.require_fence($${count + 4}::bigint)
     RETURNING counted.n::int AS changed, s.rows_done::text`,
    [...range.parameters, JSON.stringify(range.next ?? endOf(cursor)), home.migration, home.step, home.fence],
  );
  if (row === undefined) throw lostCursor(home);
  return { changed: row.changed, rowsDone: Number(row.rows_done), cursor: range.next };
}

/** Behind the last row of the pass, so that whoever takes it up there changes nothing again. */
function endOf(cursor: PassCursor): PassCursor {
  return cursor.kind === 'keys' ? { ...cursor, after: cursor.until } : { ...cursor, next: cursor.end };
}

function lostCursor(home: CursorHome): DatabaseError {
  return new DatabaseError(`The ledger row of step ${home.step} of ${home.migration} is gone`, {
    sqlstate: null,
    detail: null,
    recovery: 'escalate',
  });
}
