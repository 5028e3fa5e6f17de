import type { Connection } from '../db/connection.ts';
import type { Failpoint } from '../guard/failpoint.ts';
import type { BackfillDefinition, BackfillRecord, BackfillVerification } from '../model/backfill.ts';
import { quoteIdentifier } from '../sql/postgres/quote.ts';
import { nextPart } from './change-batch.ts';
import type { PassCursor } from './pass-cursor.ts';
import { RANGE_ROWS, splitRanges } from './split-ranges.ts';
import type { WalkedTable } from './walked-table.ts';

export interface VerifyOptions {
  readonly signal: AbortSignal;
  readonly failpoint: Failpoint;
  readonly onRange: (checked: number, ranges: number, rowsLeft: number) => void;
}

interface OpenCheck {
  readonly id: number;
  readonly relation: string;
  readonly cursor: string;
}

/**
 * Counts the rows that still match, range by range, each in a short snapshot of its own; an interrupted count goes on
 * where it was. Rows that came after the backfill count as well: what is asked is whether all are as they should be.
 *
 * @returns null when it was interrupted.
 */
export async function verifyRanges(
  connection: Connection,
  backfill: BackfillRecord,
  remaining: string,
  options: VerifyOptions,
): Promise<BackfillVerification | null> {
  const { id, definition, walk } = backfill;
  await beginCheck(connection, backfill);
  for (;;) {
    const [open] = await connection.query<OpenCheck>(
      'SELECT id, relation, cursor::text FROM evenkeel.backfill_check WHERE backfill = $1 AND rows_left IS NULL ORDER BY id LIMIT 1',
      [id],
    );
    if (open === undefined) break;
    if (options.signal.aborted) return null;
    const keyColumns = walk.kind === 'keys' ? definition.keyColumns : [];
    const left = await rowsLeftIn(
      connection,
      definition,
      remaining,
      { table: open.relation, keyColumns, batchRows: 1 },
      open,
    );
    await connection.query('UPDATE evenkeel.backfill_check SET rows_left = $2 WHERE id = $1', [open.id, left]);
    options.failpoint.pass('after/check');
    const sum = await sumOf(connection, id);
    options.onRange(sum.checked, sum.ranges, sum.left);
  }
  return conclude(connection, id);
}

/** An unfinished check of before goes on; a finished one gives way to a new one. */
async function beginCheck(connection: Connection, { id, definition, walk }: BackfillRecord): Promise<void> {
  const before = await sumOf(connection, id);
  if (before.ranges > before.checked) return;
  const ranges = await splitRanges(connection, { definition, walk, pass: 0, rangeRows: RANGE_ROWS });
  await connection.query(
    `WITH gone AS (DELETE FROM evenkeel.backfill_check WHERE backfill = $1)
     INSERT INTO evenkeel.backfill_check (backfill, relation, cursor)
     SELECT $1, r->>'relation', r->'cursor' FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS e (r, n) ORDER BY n`,
    [id, JSON.stringify(ranges)],
  );
}

async function rowsLeftIn(
  connection: Connection,
  { alias }: BackfillDefinition,
  remaining: string,
  table: WalkedTable,
  check: OpenCheck,
): Promise<number> {
  const cursor = JSON.parse(check.cursor) as PassCursor;
  // Beyond any row of the range, so that its end is the end of the range.
  const part = await nextPart(connection, table, cursor, 2_000_000_000);
  // A file that was written anew has other blocks: all of them are looked at.
  const where = part === null ? 'true' : part.sql;
  const [row] = await connection.query<{ left: string }>(
    `SELECT count(*)::text AS left FROM ${check.relation} AS ${quoteIdentifier(alias)} WHERE ${where} AND (${remaining})`,
    part?.parameters ?? [],
  );
  return Number(row?.left ?? 0);
}

async function sumOf(
  connection: Connection,
  id: number,
): Promise<{ readonly ranges: number; readonly checked: number; readonly left: number }> {
  const [row] = await connection.query<{ ranges: number; checked: number; left: string }>(
    `SELECT count(*)::int AS ranges, count(rows_left)::int AS checked, coalesce(sum(rows_left), 0)::text AS left
     FROM evenkeel.backfill_check WHERE backfill = $1`,
    [id],
  );
  return { ranges: row?.ranges ?? 0, checked: row?.checked ?? 0, left: Number(row?.left ?? 0) };
}

async function conclude(connection: Connection, id: number): Promise<BackfillVerification> {
  const { ranges, checked, left } = await sumOf(connection, id);
  const verification = { at: new Date().toISOString(), ranges, rangesChecked: checked, rowsLeft: left };
  await connection.query('UPDATE evenkeel.backfill SET verification = $2::jsonb WHERE id = $1', [
    id,
    JSON.stringify(verification),
  ]);
  await connection.query("INSERT INTO evenkeel.backfill_audit (backfill, action, detail) VALUES ($1, 'verified', $2)", [
    id,
    `${left} rows still match`,
  ]);
  return verification;
}
