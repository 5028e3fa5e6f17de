import type { Connection } from '../db/connection.ts';
import type { BackfillRecord } from '../model/backfill.ts';
import type { RelationKey } from '../model/relation-name.ts';
import { type NewRange, RANGE_ROWS, readLeaves, splitLeaf, splitRanges } from './split-ranges.ts';

/**
 * Begins the next walk by blocks, once the one before has no open range any more and has changed rows: what the
 * application moved meanwhile may stand behind it. Of several workers one begins it.
 *
 * @returns whether there is another pass to walk.
 */
export async function beginNextPass(connection: Connection, backfill: BackfillRecord, most: number): Promise<boolean> {
  const { id, pass, definition, walk } = backfill;
  if (walk.kind === 'keys' || pass >= most) return false;
  const [last] = await connection.query<{ changed: string; open: string }>(
    `SELECT coalesce(sum(rows_done), 0)::text AS changed, count(*) FILTER (WHERE state = 'open')::text AS open
     FROM evenkeel.backfill_range WHERE backfill = $1 AND pass = $2`,
    [id, pass],
  );
  if (Number(last?.open ?? 0) > 0) return true;
  if (Number(last?.changed ?? 0) === 0) return false;
  const ranges = await splitRanges(connection, { definition, walk, pass: pass + 1, rangeRows: RANGE_ROWS });
  await connection.query(
    `WITH moved AS (UPDATE evenkeel.backfill SET pass = pass + 1 WHERE id = $1 AND pass = $2 AND state = 'running' RETURNING id, pass)
     INSERT INTO evenkeel.backfill_range (backfill, relation, pass, cursor, extent, size)
     SELECT moved.id, r->>'relation', moved.pass, r->'cursor', (r->>'extent')::float8, (r->>'size')::int
     FROM moved, jsonb_array_elements($3::jsonb) AS r`,
    [id, pass, JSON.stringify(ranges)],
  );
  return true;
}

/**
 * The file of a table was written anew (VACUUM FULL, CLUSTER, a rewrite), so its blocks are others: the table is walked
 * from its first block again. Rows that are done are known by what they hold. Of several workers one does it.
 */
export async function restartBlocks(
  connection: Connection,
  backfill: BackfillRecord,
  relation: RelationKey,
  oldFile: number,
): Promise<void> {
  const { id, definition, walk, pass } = backfill;
  const leaf = (await readLeaves(connection, definition.table)).find((one) => one.relation === relation);
  const ranges: readonly NewRange[] =
    leaf === undefined ? [] : await splitLeaf(connection, leaf, { definition, walk, pass, rangeRows: RANGE_ROWS });
  // The row of the backfill is locked first: a second worker then finds no range of the old file any more.
  await connection.query(
    `WITH turn AS (SELECT id FROM evenkeel.backfill WHERE id = $1 FOR UPDATE),
     gone AS (
       UPDATE evenkeel.backfill_range SET state = 'void' WHERE backfill = (SELECT id FROM turn) AND relation = $2
         AND state <> 'void' AND (cursor->>'file')::bigint = $3::bigint RETURNING 1)
     INSERT INTO evenkeel.backfill_range (backfill, relation, pass, cursor, extent, size)
     SELECT $1, r->>'relation', $4::int, r->'cursor', (r->>'extent')::float8, (r->>'size')::int
     FROM jsonb_array_elements($5::jsonb) AS r WHERE EXISTS (SELECT FROM gone)`,
    [id, relation, oldFile, pass, JSON.stringify(ranges)],
  );
}
