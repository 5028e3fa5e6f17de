import type { Connection } from '../../src/db/connection.ts';
import { InvariantError } from '../../src/model/error.ts';
import { type BenchTable, makeTable } from './bench-table.ts';
import type { Contender } from './contenders.ts';

export interface Measured {
  readonly contender: string;
  readonly elapsedMs: number;
  readonly walBytes: number;
  readonly deadRows: number;
  readonly hotShare: number;
  /** How much larger the table is afterwards. */
  readonly growth: number;
}

/** Fills the column of a fresh table one way, and looks at what that cost. */
export async function measureContender(
  connection: Connection,
  url: string,
  contender: Contender,
  what: { readonly table: BenchTable; readonly rows: number; readonly signal: AbortSignal },
): Promise<Measured> {
  const { table, rows, signal } = what;
  await makeTable(connection, table, rows);
  const before = await sizes(connection);
  const startedAt = performance.now();
  await contender.fill(connection, url, table, signal);
  const elapsedMs = performance.now() - startedAt;
  const after = await sizes(connection);
  const [left] = await connection.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM orders WHERE cents IS DISTINCT FROM total * 100',
  );
  if (left?.n !== 0 && !signal.aborted)
    throw new InvariantError(`${contender.name} left ${left?.n} rows as they were.`);
  const counted = await countRows(connection, rows);
  return {
    contender: contender.name,
    elapsedMs,
    walBytes: after.wal - before.wal,
    deadRows: counted.dead,
    hotShare: counted.hot / rows,
    growth: after.bytes / before.bytes,
  };
}

async function sizes(connection: Connection): Promise<{ readonly wal: number; readonly bytes: number }> {
  const [row] = await connection.query<{ wal: number; bytes: number }>(
    `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS wal, pg_total_relation_size('orders')::float8 AS bytes`,
  );
  return row ?? { wal: 0, bytes: 1 };
}

/** Sessions tell what they counted a moment later. */
async function countRows(
  connection: Connection,
  rows: number,
): Promise<{ readonly dead: number; readonly hot: number }> {
  for (let look = 0; look < 50; look += 1) {
    await connection.query('SELECT pg_stat_force_next_flush()');
    const [row] = await connection.query<{ updated: number; dead: number; hot: number }>(
      "SELECT n_tup_upd::float8 AS updated, n_dead_tup::float8 AS dead, n_tup_hot_upd::float8 AS hot FROM pg_stat_user_tables WHERE relname = 'orders'",
    );
    if (row !== undefined && row.updated >= rows) return row;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new InvariantError('The statistics of the server never counted all rows.');
}
