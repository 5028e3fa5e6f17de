import { createHash } from 'node:crypto';
import type { Connection } from '../db/connection.ts';
import type {
  BackfillDefinition,
  BackfillRecord,
  BackfillSettings,
  BackfillState,
  BackfillTransition,
  BackfillWalk,
  PutAsideRow,
} from '../model/backfill.ts';
import { soundSettings } from './sound-settings.ts';
import type { NewRange } from './split-ranges.ts';

/** Computed here: a server with approved ciphers only has no md5(). */
function hashOf(statement: string): string {
  return createHash('sha256').update(statement).digest('hex');
}

export interface NewBackfill {
  readonly statement: string;
  readonly definition: BackfillDefinition;
  readonly walk: BackfillWalk;
  readonly settings: BackfillSettings;
  readonly rowsEstimate: number | null;
  readonly ranges: readonly NewRange[];
}

/**
 * Writes a backfill with its ranges, in one statement.
 *
 * @returns its id; null when somebody else has begun the same statement meanwhile.
 */
export async function createBackfill(connection: Connection, backfill: NewBackfill): Promise<number | null> {
  const { statement, definition, walk, settings, rowsEstimate, ranges } = backfill;
  const [row] = await connection.query<{ id: number }>(
    `WITH made AS (
       INSERT INTO evenkeel.backfill (statement, statement_hash, definition, walk, settings, rows_estimate)
       VALUES ($1, $7, $2::jsonb, $3::jsonb, $4::jsonb, $5::bigint)
       ON CONFLICT (statement_hash) WHERE is_current DO NOTHING RETURNING id),
     cut AS (
       INSERT INTO evenkeel.backfill_range (backfill, relation, pass, cursor, extent, size)
       SELECT made.id, r->>'relation', 1, r->'cursor', (r->>'extent')::float8, (r->>'size')::int
       FROM made, jsonb_array_elements($6::jsonb) WITH ORDINALITY AS e (r, n) ORDER BY n)
     SELECT id FROM made`,
    [
      statement,
      ...[definition, walk, settings].map((one) => JSON.stringify(one)),
      rowsEstimate,
      JSON.stringify(ranges),
      hashOf(statement),
    ],
  );
  return row?.id ?? null;
}

interface RecordRow {
  readonly id: number;
  readonly statement: string;
  readonly definition: string;
  readonly walk: string;
  readonly state: BackfillState;
  readonly settings: string;
  readonly pass: number;
  readonly rows_estimate: string | null;
  readonly rows_done: string;
  readonly rows_put_aside: number;
  readonly batches: number;
  readonly ranges_open: number;
  readonly ranges: number;
  readonly fraction: number | null;
  readonly held_by: string | null;
  readonly message: string | null;
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly verification: string | null;
}

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;

const RECORD_SQL = `
SELECT b.id, b.statement, b.definition::text, b.walk::text, b.state, b.settings::text, b.pass, b.rows_estimate::text,
  b.rows_put_aside, b.held_by, b.message, b.verification::text,
  pg_catalog.to_char(b.created_at AT TIME ZONE 'UTC', ${ISO}) AS created_at,
  pg_catalog.to_char(b.finished_at AT TIME ZONE 'UTC', ${ISO}) AS finished_at, r.*
FROM evenkeel.backfill b, LATERAL (
  SELECT coalesce(sum(rows_done), 0)::text AS rows_done, coalesce(sum(batches), 0)::int AS batches,
    count(*) FILTER (WHERE state = 'open')::int AS ranges_open, count(*) FILTER (WHERE state <> 'void')::int AS ranges,
    (sum(CASE WHEN state = 'done' THEN extent ELSE least(walked, extent * 0.98) END) FILTER (WHERE state <> 'void' AND pass = b.pass)
      / nullif(sum(extent) FILTER (WHERE state <> 'void' AND pass = b.pass), 0))::float8 AS fraction
  FROM evenkeel.backfill_range WHERE backfill = b.id) r`;

function recordOf(row: RecordRow): BackfillRecord {
  const { id, statement, state, pass, batches, ranges, message } = row;
  return {
    id,
    statement,
    definition: JSON.parse(row.definition),
    walk: JSON.parse(row.walk),
    state,
    settings: soundSettings(row.settings),
    pass,
    rowsEstimate: row.rows_estimate === null ? null : Number(row.rows_estimate),
    rowsDone: Number(row.rows_done),
    rowsPutAside: row.rows_put_aside,
    batches,
    rangesOpen: row.ranges_open,
    ranges,
    fraction: row.fraction ?? 1,
    heldBy: row.held_by,
    message,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    verification: row.verification === null ? null : JSON.parse(row.verification),
  };
}

/** null when there is no such backfill. */
export async function readBackfill(connection: Connection, id: number): Promise<BackfillRecord | null> {
  const [row] = await connection.query<RecordRow>(`${RECORD_SQL} WHERE b.id = $1`, [id]);
  return row === undefined ? null : recordOf(row);
}

/** The backfill of this very statement that counts; null when there is none. */
export async function findBackfill(connection: Connection, statement: string): Promise<BackfillRecord | null> {
  const [row] = await connection.query<RecordRow>(`${RECORD_SQL} WHERE b.is_current AND b.statement_hash = $1`, [
    hashOf(statement),
  ]);
  return row === undefined ? null : recordOf(row);
}

/** The newest first. */
export async function listBackfills(connection: Connection): Promise<readonly BackfillRecord[]> {
  const rows = await connection.query<RecordRow>(`${RECORD_SQL} ORDER BY b.id DESC`);
  return rows.map(recordOf);
}

/** The old one stays in the books, but the same statement may begin anew. */
export async function retireBackfill(connection: Connection, id: number): Promise<void> {
  await connection.query('UPDATE evenkeel.backfill SET is_current = false WHERE id = $1', [id]);
}

/** Changes the state where it is one of `from`; answers whether it did. */
export async function changeState(
  connection: Connection,
  id: number,
  change: { readonly from: readonly BackfillState[]; readonly to: BackfillState; readonly message?: string | null },
): Promise<boolean> {
  const rows = await connection.query(
    `UPDATE evenkeel.backfill SET state = $2, message = $3, held_by = NULL,
       finished_at = CASE WHEN $2 IN ('finished', 'cancelled') THEN clock_timestamp() END
     WHERE id = $1 AND state = ANY ($4::text[]) RETURNING id`,
    [id, change.to, change.message ?? null, change.from],
  );
  return rows.length > 0;
}

/** Marks it finished, unless a range is still open or the state is another by now; answers whether it did. */
export async function finishBackfill(connection: Connection, id: number, message: string | null): Promise<boolean> {
  const rows = await connection.query(
    `UPDATE evenkeel.backfill b SET state = 'finished', finished_at = clock_timestamp(), held_by = NULL, message = $2
     WHERE id = $1 AND state = 'running'
       AND NOT EXISTS (SELECT FROM evenkeel.backfill_range r WHERE r.backfill = b.id AND r.state = 'open') RETURNING id`,
    [id, message],
  );
  return rows.length > 0;
}

/** What a worker process asks for every second. */
export interface BackfillOrders {
  readonly state: BackfillState;
  readonly settings: BackfillSettings;
  readonly message: string | null;
}

export async function readOrders(connection: Connection, id: number): Promise<BackfillOrders | null> {
  const [row] = await connection.query<{ state: BackfillState; settings: string; message: string | null }>(
    'SELECT state, settings::text, message FROM evenkeel.backfill WHERE id = $1',
    [id],
  );
  if (row === undefined) return null;
  const { state, message } = row;
  return { state, message, settings: soundSettings(row.settings) };
}

/** Others must see, too, what holds it. */
export async function recordHold(connection: Connection, id: number, heldBy: string | null): Promise<void> {
  await connection.query('UPDATE evenkeel.backfill SET held_by = $2 WHERE id = $1 AND held_by IS DISTINCT FROM $2', [
    id,
    heldBy,
  ]);
}

/** Lays new settings over those that are there; answers the result, or null when there is no such backfill. */
export async function retuneBackfill(
  connection: Connection,
  id: number,
  changes: Partial<BackfillSettings>,
): Promise<BackfillSettings | null> {
  const { limits, ...others } = changes;
  const [row] = await connection.query<{ settings: string }>(
    `UPDATE evenkeel.backfill SET settings = settings || $2::jsonb
       || jsonb_build_object('limits', coalesce(settings->'limits', '{}') || $3::jsonb)
     WHERE id = $1 RETURNING settings::text`,
    [id, JSON.stringify(others), JSON.stringify(limits ?? {})],
  );
  return row === undefined ? null : soundSettings(row.settings);
}

/** The first rows that were put aside. */
export async function listRowsPutAside(
  connection: Connection,
  id: number,
  most: number,
): Promise<readonly PutAsideRow[]> {
  const rows = await connection.query<{ relation: string; key: string; sqlstate: string; message: string }>(
    'SELECT relation, key::text, sqlstate, message FROM evenkeel.backfill_row WHERE backfill = $1 ORDER BY at LIMIT $2',
    [id, most],
  );
  return rows.map(({ key, ...row }) => ({ ...row, key: JSON.parse(key) }));
}

/** What was done with it and by whom, in order. */
export async function listTransitions(connection: Connection, id: number): Promise<readonly BackfillTransition[]> {
  return connection.query<BackfillTransition>(
    `SELECT pg_catalog.to_char(at AT TIME ZONE 'UTC', ${ISO}) AS at, by, action, detail
     FROM evenkeel.backfill_audit WHERE backfill = $1 ORDER BY evenkeel.backfill_audit.at`,
    [id],
  );
}
