import type { Connection } from '../db/connection.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { PassCursor } from './pass-cursor.ts';

/** `EVKR`: the class of the advisory locks of ranges; the object is the range's id. */
const RANGE_LOCK_CLASS = 0x45564b52;
/** Candidates that are tried at once; other workers try others first. */
const CANDIDATES = 16;

/** A range that this session alone may walk, until it gives it back or ends. */
export interface ClaimedRange {
  readonly id: number;
  readonly relation: RelationKey;
  readonly cursor: PassCursor;
  readonly size: number;
  readonly rowsDone: number;
  /** How often its rows were locked by others. */
  readonly tries: number;
}

export type Claim =
  | { readonly kind: 'claimed'; readonly range: ClaimedRange }
  | { readonly kind: 'busy' }
  | { readonly kind: 'none' };

/**
 * Takes an open range for this session. The claim is an advisory lock of the very session that changes the rows: no
 * lease and no clock; while a statement of a dead process goes on, its session and so its claim are still there.
 *
 * @returns `busy` when others work on all that is open, `none` when nothing is open any more.
 */
export async function claimRange(connection: Connection, backfill: number): Promise<Claim> {
  const candidates = await connection.query<{ id: number }>(
    `SELECT r.id FROM evenkeel.backfill_range r WHERE r.backfill = $1 AND r.state = 'open'
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND l.classid::bigint = $2
         AND l.objid::bigint = r.id AND l.objsubid = 2
         AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))
     ORDER BY r.tries, r.id LIMIT ${CANDIDATES}`,
    [backfill, RANGE_LOCK_CLASS],
  );
  for (const { id } of candidates) {
    const [row] = await connection.query<{ taken: boolean }>(
      'SELECT pg_catalog.pg_try_advisory_lock($1, $2) AS taken',
      [RANGE_LOCK_CLASS, id],
    );
    if (row?.taken !== true) continue;
    // Read under the lock: somebody may have walked it and gone in between.
    const range = await readOpenRange(connection, id);
    if (range !== null) return { kind: 'claimed', range };
    await releaseRange(connection, id);
  }
  const [left] = await connection.query<{ open: boolean }>(
    "SELECT EXISTS (SELECT FROM evenkeel.backfill_range WHERE backfill = $1 AND state = 'open') AS open",
    [backfill],
  );
  return { kind: left?.open === true ? 'busy' : 'none' };
}

async function readOpenRange(connection: Connection, id: number): Promise<ClaimedRange | null> {
  const [row] = await connection.query<{
    relation: string;
    cursor: string;
    size: number;
    rows_done: string;
    tries: number;
  }>(
    "SELECT relation, cursor::text, size, rows_done::text, tries FROM evenkeel.backfill_range WHERE id = $1 AND state = 'open'",
    [id],
  );
  if (row === undefined) return null;
  const { relation, size, tries } = row;
  return { id, relation, size, tries, cursor: JSON.parse(row.cursor), rowsDone: Number(row.rows_done) };
}

export async function releaseRange(connection: Connection, id: number): Promise<void> {
  await connection.query('SELECT pg_catalog.pg_advisory_unlock($1, $2)', [RANGE_LOCK_CLASS, id]);
}
