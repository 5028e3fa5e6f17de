import { startBackfill } from '../../src/api/start-backfill.ts';
import type { Connection } from '../../src/db/connection.ts';
import { InvariantError } from '../../src/model/error.ts';
import { type BenchTable, STATEMENT } from './bench-table.ts';

/** A way to fill the column. */
export interface Contender {
  readonly name: string;
  fill(connection: Connection, url: string, table: BenchTable, signal: AbortSignal): Promise<void>;
}

const BATCH_ROWS = 10_000;

export const KEYSET_LOOP = 'keyset loop, COMMIT per batch';

export const CONTENDERS: readonly Contender[] = [
  { name: 'Evenkeel, 1 worker', fill: (_connection, url, _table, signal) => evenkeel(url, 1, signal) },
  { name: 'Evenkeel, 2 workers', fill: (_connection, url, _table, signal) => evenkeel(url, 2, signal) },
  { name: KEYSET_LOOP, fill: (connection, _url, table) => keysetLoop(connection, table) },
  { name: 'LIMIT, SKIP LOCKED loop', fill: (connection) => limitLoop(connection) },
  { name: 'DO block of the article', fill: (connection) => connection.execute(ARTICLE_BLOCK) },
  { name: 'one UPDATE', fill: (connection) => connection.execute(STATEMENT) },
];

/** Without pauses, and without the signals that would hold it on a server that does nothing else. */
async function evenkeel(url: string, workers: number, signal: AbortSignal): Promise<void> {
  const outcome = await startBackfill({
    databaseUrl: url,
    statement: STATEMENT,
    again: true,
    settings: {
      workers,
      dutyCycle: 1,
      limits: { 'dead-rows': null, 'wal-rate': null, 'forced-checkpoints': null },
    },
    onEvent: () => undefined,
    signal,
  });
  if (outcome !== 'finished' && !signal.aborted)
    throw new InvariantError(`The backfill of the bench ended as ${outcome}.`);
}

/** What people write by hand when they know how. */
async function keysetLoop(connection: Connection, table: BenchTable): Promise<void> {
  const type = table.key === 'random' ? 'uuid' : 'bigint';
  let after = table.key === 'random' ? '00000000-0000-0000-0000-000000000000' : '0';
  for (;;) {
    const [end] = await connection.query<{ id: string }>(
      `SELECT id::text FROM (SELECT id FROM orders WHERE id > $1::${type} ORDER BY id LIMIT ${BATCH_ROWS}) b ORDER BY id DESC LIMIT 1`,
      [after],
    );
    if (end?.id == null) return;
    await connection.query(
      `UPDATE orders SET cents = total * 100 WHERE cents IS NULL AND id > $1::${type} AND id <= $2::${type}`,
      [after, end.id],
    );
    after = end.id;
  }
}

async function limitLoop(connection: Connection): Promise<void> {
  for (;;) {
    const rows = await connection.query<{ n: number }>(
      `WITH batch AS (SELECT id FROM orders WHERE cents IS NULL LIMIT ${BATCH_ROWS} FOR UPDATE SKIP LOCKED),
       changed AS (UPDATE orders SET cents = total * 100 WHERE id IN (SELECT id FROM batch) RETURNING 1)
       SELECT count(*)::int AS n FROM changed`,
    );
    if ((rows[0]?.n ?? 0) === 0) return;
  }
}

/** One transaction, whatever it is called: nothing is committed before its end. */
const ARTICLE_BLOCK = `DO $$
DECLARE batch_size INT := ${BATCH_ROWS}; rows_updated INT;
BEGIN
  LOOP
    UPDATE orders SET cents = total * 100 WHERE cents IS NULL AND id IN (
      SELECT id FROM orders WHERE cents IS NULL LIMIT batch_size FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS rows_updated = ROW_COUNT;
    IF rows_updated = 0 THEN EXIT; END IF;
    PERFORM pg_sleep(0.1);
  END LOOP;
END $$`;
