import type { Connection } from '../db/connection.ts';
import type { BlockCursor } from './pass-cursor.ts';
import type { WalkedTable } from './walked-table.ts';

interface FileRow {
  readonly file: number;
  readonly blocks: number;
  readonly rows_per_block: number;
  readonly block_size: number;
}

/** A tuple's line pointer and header take 28 bytes at least, so a block has no more line pointers than this. */
const SMALLEST_TUPLE_BYTES = 28;

async function readFile(connection: Connection, step: WalkedTable): Promise<FileRow> {
  const [row] = await connection.query<FileRow>(
    `SELECT c.relfilenode AS file,
       (pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int)::int AS blocks,
       CASE WHEN c.reltuples > 0 AND c.relpages > 0 THEN (c.reltuples / c.relpages)::float8 ELSE 50 END AS rows_per_block,
       pg_catalog.current_setting('block_size')::int AS block_size
     FROM pg_catalog.pg_class c WHERE c.oid = $1::regclass`,
    [step.table],
  );
  return row ?? { file: 0, blocks: 0, rows_per_block: 50, block_size: 8192 };
}

/** Freezes the number of blocks; null for an empty table. `size` is the number of blocks that hold a batch of rows. */
export async function startBlockPass(
  connection: Connection,
  step: WalkedTable,
  pass: number,
): Promise<{ readonly cursor: BlockCursor | null; readonly size: number }> {
  const { file, blocks, rows_per_block: rows } = await readFile(connection, step);
  const size = Math.max(1, Math.round(step.batchRows / Math.max(1, rows)));
  return { cursor: blocks === 0 ? null : { kind: 'blocks', pass, next: 0, end: blocks, file }, size };
}

export interface BlockRange {
  readonly sql: string;
  readonly parameters: readonly string[];
  readonly next: BlockCursor | null;
}

/**
 * The next `size` blocks. From 14 on a range of ctids is read as such; 13 would read the whole table for it, so there
 * every possible ctid of the blocks is listed.
 *
 * @returns null when the table's file was written anew since the pass began: its blocks mean nothing any more.
 */
export async function nextBlockRange(
  connection: Connection,
  step: WalkedTable,
  cursor: BlockCursor,
  size: number,
): Promise<BlockRange | null> {
  const { file, block_size: blockBytes } = await readFile(connection, step);
  if (file !== cursor.file) return null;
  const end = Math.min(cursor.end, cursor.next + size);
  const next = end >= cursor.end ? null : { ...cursor, next: end };
  if (connection.serverMajor >= 14) {
    return { sql: 'ctid >= $1::tid AND ctid < $2::tid', parameters: [`(${cursor.next},0)`, `(${end},0)`], next };
  }
  const tuples = Math.ceil(blockBytes / SMALLEST_TUPLE_BYTES);
  const sql = `ctid = ANY (ARRAY(SELECT ('(' || b || ',' || t || ')')::tid
    FROM pg_catalog.generate_series($1::int, $2::int - 1) b, pg_catalog.generate_series(1, ${tuples}) t))`;
  return { sql, parameters: [String(cursor.next), String(end)], next };
}
