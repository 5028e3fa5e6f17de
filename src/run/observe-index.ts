import type { Connection } from '../db/connection.ts';
import { compareLockModes } from '../model/lock-mode.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { Blocker } from '../model/run-event.ts';
import { blockerOf } from './judge-holders.ts';
import { type Holder, lookAtHolders } from './observe-holders.ts';
import type { IndexLook } from './state.ts';

interface LookRow {
  readonly phase: string | null;
  readonly percent: number | null;
  readonly blocked_by: number | null;
  readonly backend_type: string | null;
  readonly started: string | null;
  readonly writes: boolean;
  readonly usename: string | null;
  readonly application_name: string | null;
  readonly state: string | null;
  readonly age: number | null;
  readonly query: string | null;
}

/**
 * The lock manager knows whom a session waits for; what the progress view names may be the one before. DROP has no
 * progress view at all.
 */
const LOOK_SQL = `
SELECT p.phase,
  round((100 * CASE WHEN p.phase LIKE 'waiting for %' THEN NULL
    WHEN p.blocks_total > 0 AND p.blocks_done < p.blocks_total THEN p.blocks_done::float8 / p.blocks_total
    WHEN p.tuples_total > 0 THEN p.tuples_done::float8 / p.tuples_total
    WHEN p.blocks_total > 0 THEN p.blocks_done::float8 / p.blocks_total END)::numeric, 1)::float8 AS percent,
  b.pid AS blocked_by, a.backend_type, a.backend_start::text AS started,
  a.backend_xid IS NOT NULL AS writes, a.usename, a.application_name, a.state,
  (extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::float8 AS age, left(a.query, 1000) AS query
FROM (SELECT $1::int AS pid) me
LEFT JOIN pg_catalog.pg_stat_progress_create_index p ON p.pid = me.pid
LEFT JOIN LATERAL pg_catalog.unnest(pg_catalog.pg_blocking_pids(me.pid)) AS b (pid) ON true
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid`;

/** A prepared transaction has no pid. */
const PREPARED_PID = 0;

/** How far a session is with a statement about an index of that table, and who makes it wait right now. */
export async function observeIndex(connection: Connection, pid: number, table: RelationKey): Promise<IndexLook> {
  const rows = await connection.query<LookRow>(LOOK_SQL, [pid]);
  const phase = rows[0]?.phase ?? null;
  const percent = rows[0]?.percent ?? null;
  const waited = rows.filter((row) => row.blocked_by !== null);
  if (waited.length === 0) return { phase, percent, blockers: [] };
  // Of those that it waits for in this phase a lock on the table says nothing.
  const bySnapshot = phase === 'waiting for old snapshots';
  const holders = bySnapshot ? [] : await holdersOf(connection, pid, table);
  return { phase, percent, blockers: waited.flatMap((row) => blockersOf(row, holders, table)) };
}

async function holdersOf(connection: Connection, pid: number, table: RelationKey): Promise<readonly Holder[]> {
  const lock = { relation: table, mode: 'ACCESS EXCLUSIVE' } as const;
  const { holders } = await lookAtHolders(connection, [lock], [connection.pid, pid]);
  return [...holders].sort((a, b) => compareLockModes(b.mode, a.mode));
}

function blockersOf(row: LookRow, holders: readonly Holder[], table: RelationKey): readonly Blocker[] {
  if (row.blocked_by === PREPARED_PID) return holders.filter(({ prepared }) => prepared).map(blockerOf);
  const locked = holders.find((one) => one.pid === row.blocked_by);
  if (locked !== undefined) return [blockerOf(locked)];
  const isAutovacuum = row.backend_type === 'autovacuum worker';
  const holder: Holder = {
    pid: row.blocked_by,
    transaction: `${row.blocked_by}`,
    relation: table,
    mode: 'ACCESS SHARE',
    user: row.usename,
    applicationName: row.application_name,
    state: row.state,
    ageMs: row.age,
    backendType: row.backend_type,
    backendStart: row.started,
    writes: row.writes,
    isAutovacuum,
    isWraparound: isAutovacuum && (row.query ?? '').includes('to prevent wraparound'),
    prepared: false,
    query: row.query,
  };
  return [{ ...blockerOf(holder), mode: null }];
}
