import type { Connection } from '../db/connection.ts';
import type { BackfillDefinition } from '../model/backfill.ts';
import type { ClaimedRange } from './claim-range.ts';
import type { PassCursor } from './pass-cursor.ts';
import { changeSql } from './read-walk-facts.ts';
import { type BlockRange, nextBlockRange } from './walk-blocks.ts';
import { type KeyRange, nextKeyRange } from './walk-keys.ts';
import type { WalkedTable } from './walked-table.ts';

export interface ChangedBatch {
  readonly changed: number;
  /** How many rows or blocks it went over. */
  readonly walked: number;
  /** null: that was the last batch of the range. */
  readonly cursor: PassCursor | null;
}

/** The next rows or blocks of a range; null when its blocks mean nothing any more, as the file was written anew. */
export async function nextPart(
  connection: Connection,
  table: WalkedTable,
  cursor: PassCursor,
  size: number,
): Promise<KeyRange | BlockRange | null> {
  return cursor.kind === 'keys'
    ? nextKeyRange(connection, table, cursor, size)
    : nextBlockRange(connection, table, cursor, size);
}

/**
 * Changes the next rows of a range. Rows and cursor are changed by one statement, so a kill leaves either both or none;
 * when the cursor is not where this worker left it, nothing is changed at all.
 *
 * @returns null when the walk has lost its footing: the table's file was written anew.
 * @throws DatabaseError, with SQLSTATE EK002 when somebody else has moved the range.
 */
export async function changeBatch(
  connection: Connection,
  definition: BackfillDefinition,
  table: WalkedTable,
  range: Pick<ClaimedRange, 'id' | 'cursor' | 'size'>,
): Promise<ChangedBatch | null> {
  const { cursor, size } = range;
  const part = await nextPart(connection, table, cursor, size);
  if (part === null) return null;
  return changePart(connection, definition, table, range, { ...part, walked: walkedBy(cursor, part.next, size) });
}

/** What a batch goes over, and where its range stands afterwards; null: at its end. */
export interface BatchPart {
  readonly sql: string;
  readonly parameters: readonly string[];
  readonly next: PassCursor | null;
  readonly walked: number;
}

/** One statement that changes the rows of a part and moves the range's cursor behind it. */
export async function changePart(
  connection: Connection,
  definition: BackfillDefinition,
  table: WalkedTable,
  range: Pick<ClaimedRange, 'id' | 'cursor' | 'size'>,
  part: BatchPart,
): Promise<ChangedBatch> {
  const { id, cursor, size } = range;
  const { walked } = part;
  const count = part.parameters.length;
  const [row] = await connection.query<{ changed: string }>(
    `WITH changed AS (${changeSql(definition, table.table, part.sql)} RETURNING 1),
     moved AS (
       UPDATE evenkeel.backfill_range AS r SET cursor = $${count + 1}::jsonb, state = $${count + 2}, size = $${count + 3}::int,
         walked = r.walked + $${count + 4}::float8, batches = r.batches + 1,
         rows_done = r.rows_done + (SELECT count(*) FROM changed)
       WHERE r.id = $${count + 5}::int AND r.state = 'open' AND r.cursor = $${count + 6}::jsonb RETURNING 1)
     SELECT evenkeel.require_range((SELECT count(*) FROM moved), (SELECT count(*) FROM changed))::text AS changed`,
    [...part.parameters, ...movedTo(part, cursor), size, walked, id, JSON.stringify(cursor)],
  );
  return { changed: Number(row?.changed ?? 0), walked, cursor: part.next };
}

/** The cursor and state of a range behind a part. */
export function movedTo(part: Pick<BatchPart, 'next'>, cursor: PassCursor): readonly [string, 'done' | 'open'] {
  return [JSON.stringify(part.next ?? cursor), part.next === null ? 'done' : 'open'];
}

/** Of the last batch of a range along a key nobody counts the rows: a range that is done is done in full. */
function walkedBy(cursor: PassCursor, next: PassCursor | null, size: number): number {
  if (cursor.kind === 'keys') return size;
  return (next?.kind === 'blocks' ? next.next : cursor.end) - cursor.next;
}
