import type { Connection } from '../db/connection.ts';
import type { ConcurrentIndexStep } from '../model/plan.ts';
import { bytesWords } from './amount-words.ts';

interface RoomRow {
  readonly pages: number | null;
  readonly block: number;
}

/**
 * How much disk a build needs, by what the server wrote down at the last VACUUM or ANALYZE; asking for the file itself
 * would wait behind a lock. null where nothing is built or nothing is known.
 */
export async function readRoom(connection: Connection, step: ConcurrentIndexStep): Promise<string | null> {
  if (step.verb === 'drop') return null;
  const measured = step.verb === 'reindex' ? step.index : step.table;
  const [row] = await connection.query<RoomRow>(
    `SELECT c.relpages + coalesce(t.relpages, 0) AS pages, pg_catalog.current_setting('block_size')::int AS block
     FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
     WHERE c.oid = pg_catalog.to_regclass($1)`,
    [measured],
  );
  if (row === undefined || row.pages === null || row.pages === 0) return null;
  const bytes = bytesWords(row.pages * row.block);
  return step.verb === 'reindex'
    ? `The build needs about ${bytes} of disk, as much as the index has now; how much is free, SQL cannot tell.`
    : `The build needs less than ${bytes} of disk, which is what the table has; how much is free, SQL cannot tell.`;
}
