import type { Connection } from '../db/connection.ts';
import type { BackfillDefinition, PutAsideRow } from '../model/backfill.ts';
import { DatabaseError } from '../model/error.ts';
import { quoteIdentifier } from '../sql/postgres/quote.ts';
import { batchFailureKind } from './batch-failure.ts';
import { changePart, movedTo, nextPart } from './change-batch.ts';
import type { ClaimedRange } from './claim-range.ts';
import type { PassCursor } from './pass-cursor.ts';
import type { WalkedTable } from './walked-table.ts';

/**
 * Takes the next row (or block) out of a range, as a range of its own that is tried when nothing else is left: somebody
 * holds it locked. One statement, so that it is never in both or in none.
 *
 * @returns where the range stands then; null when it was only that row, which is now tried later.
 */
export async function deferLocked(
  connection: Connection,
  table: WalkedTable,
  range: ClaimedRange,
): Promise<PassCursor | null> {
  const { cursor, id } = range;
  const part = await nextPart(connection, table, cursor, 1);
  if (part === null || part.next === null) {
    await connection.query('UPDATE evenkeel.backfill_range SET tries = tries + 1, size = 1 WHERE id = $1', [id]);
    return null;
  }
  await connection.query(
    `WITH moved AS (
       UPDATE evenkeel.backfill_range SET cursor = $1::jsonb
       WHERE id = $2::int AND state = 'open' AND cursor = $3::jsonb RETURNING backfill, relation, pass, tries),
     apart AS (
       INSERT INTO evenkeel.backfill_range (backfill, relation, pass, cursor, extent, size, tries)
       SELECT backfill, relation, pass, $4::jsonb, 0, 1, tries + 1 FROM moved)
     SELECT evenkeel.require_range((SELECT count(*) FROM moved), 0)`,
    [JSON.stringify(part.next), id, JSON.stringify(cursor), JSON.stringify(onlyFirst(cursor, part.next))],
  );
  return part.next;
}

/** What lies between a cursor and the next. */
function onlyFirst(cursor: PassCursor, next: PassCursor): PassCursor {
  if (cursor.kind === 'keys' && next.kind === 'keys') return { ...cursor, until: next.after ?? cursor.until };
  if (cursor.kind === 'blocks' && next.kind === 'blocks') return { ...cursor, end: next.next };
  return cursor;
}

/** What became of rows that cannot be changed. */
export interface PutAside {
  /** Where the range stands; null: at its end. */
  readonly cursor: PassCursor | null;
  readonly rows: readonly PutAsideRow[];
  /** The row that the failure budget has no room for; null: all found room. */
  readonly beyondBudget: PutAsideRow | null;
  readonly changed: number;
}

export interface PutAsideContext {
  readonly backfill: number;
  readonly definition: BackfillDefinition;
  readonly failureBudget: number;
}

/** Writes the next row of a range, which cannot be changed, into the books, and moves the range behind it. */
export async function putRowAside(
  connection: Connection,
  context: PutAsideContext,
  table: WalkedTable,
  range: ClaimedRange,
  error: DatabaseError,
): Promise<PutAside> {
  const { cursor } = range;
  if (cursor.kind === 'blocks') return putBlockAside(connection, context, table, range);
  const part = await nextPart(connection, table, cursor, 1);
  if (part === null || !('upper' in part)) return { cursor, rows: [], beyondBudget: null, changed: 0 };
  const key = Object.fromEntries(table.keyColumns.map((name, index) => [name, part.upper[index] ?? null]));
  const row = rowOf(table, key, error);
  const isWithin = await noteRow(connection, context, row, { range, next: part.next });
  return {
    cursor: isWithin ? part.next : cursor,
    rows: isWithin ? [row] : [],
    beyondBudget: isWithin ? null : row,
    changed: 0,
  };
}

/** A block holds many rows: each is changed by itself, and those that cannot be are written down. */
async function putBlockAside(
  connection: Connection,
  context: PutAsideContext,
  table: WalkedTable,
  range: ClaimedRange,
): Promise<PutAside> {
  const { definition } = context;
  const { cursor } = range;
  const part = await nextPart(connection, table, cursor, 1);
  if (part === null) return { cursor, rows: [], beyondBudget: null, changed: 0 };
  const keys = definition.keyColumns.map((name) => `, ${quoteIdentifier(name)}::text AS ${quoteIdentifier(name)}`);
  const places = await connection.query<Record<string, string | null>>(
    `SELECT ctid::text AS ctid${keys.join('')} FROM ${table.table} WHERE ${part.sql}`,
    part.parameters,
  );
  const rows: PutAsideRow[] = [];
  let changed = 0;
  for (const place of places) {
    const one = { sql: 'ctid = $1::tid', parameters: [place['ctid'] ?? ''], next: cursor, walked: 0 };
    try {
      changed += (await changePart(connection, definition, table, range, one)).changed;
    } catch (error) {
      if (!(error instanceof DatabaseError) || batchFailureKind(error) !== 'data') throw error;
      const row = rowOf(table, place, error);
      if (!(await noteRow(connection, context, row, null))) return { cursor, rows, beyondBudget: row, changed };
      rows.push(row);
    }
  }
  await connection.query(
    `WITH moved AS (
       UPDATE evenkeel.backfill_range SET cursor = $1::jsonb, state = $2, walked = walked + 1
       WHERE id = $3::int AND state = 'open' AND cursor = $4::jsonb RETURNING 1)
     SELECT evenkeel.require_range((SELECT count(*) FROM moved), 0)`,
    [...movedTo(part, cursor), range.id, JSON.stringify(cursor)],
  );
  return { cursor: part.next, rows, beyondBudget: null, changed };
}

function rowOf(table: WalkedTable, key: Readonly<Record<string, string | null>>, error: DatabaseError): PutAsideRow {
  const detail = error.detail === null ? '' : `. ${error.detail}`;
  return { relation: table.table, key, sqlstate: error.sqlstate ?? '', message: `${error.message}${detail}` };
}

/**
 * Writes a row down and moves its range in one statement, as far as the budget goes; the row of the backfill is what
 * workers queue for to count. A row that stands there already costs nothing. Answers whether there was room.
 */
async function noteRow(
  connection: Connection,
  { backfill, failureBudget }: PutAsideContext,
  row: PutAsideRow,
  move: { readonly range: ClaimedRange; readonly next: PassCursor | null } | null,
): Promise<boolean> {
  const [cursor, state] = move === null ? [null, null] : movedTo(move, move.range.cursor);
  const [answer] = await connection.query<{ within: boolean }>(
    `WITH known AS (SELECT FROM evenkeel.backfill_row WHERE backfill = $1 AND relation = $2 AND key = $3::jsonb),
     room AS (
       UPDATE evenkeel.backfill SET rows_put_aside = rows_put_aside + CASE WHEN EXISTS (SELECT FROM known) THEN 0 ELSE 1 END
       WHERE id = $1 AND (rows_put_aside < $6::int OR EXISTS (SELECT FROM known)) RETURNING 1),
     noted AS (
       INSERT INTO evenkeel.backfill_row (backfill, relation, key, sqlstate, message)
       SELECT $1, $2, $3::jsonb, $4, $5 FROM room ON CONFLICT DO NOTHING),
     moved AS (
       UPDATE evenkeel.backfill_range SET cursor = $7::jsonb, state = $8, walked = walked + 1
       WHERE id = $9::int AND state = 'open' AND cursor = $10::jsonb AND EXISTS (SELECT FROM room) RETURNING 1)
     SELECT EXISTS (SELECT FROM room) AS within,
       CASE WHEN $9::int IS NOT NULL AND EXISTS (SELECT FROM room)
         THEN evenkeel.require_range((SELECT count(*) FROM moved), 0)::text END AS moved`,
    [
      backfill,
      row.relation,
      JSON.stringify(row.key),
      row.sqlstate,
      row.message.replaceAll('\0', ''),
      failureBudget,
      cursor,
      state,
      move?.range.id ?? null,
      move === null ? null : JSON.stringify(move.range.cursor),
    ],
  );
  return answer?.within === true;
}
