import type { Connection } from '../db/connection.ts';
import type { ConcurrentIndexStep } from '../model/plan.ts';
import { quoteIdentifier } from '../sql/postgres/quote.ts';
import { observeIndex } from './observe-index.ts';
import type { IndexInspection } from './state.ts';
import { WORKER_NAME_PREFIX } from './terminate-orphans.ts';

interface IndexRow {
  readonly schema: string;
  readonly name: string;
  readonly wanted: boolean;
  readonly on_table: boolean;
  readonly good: boolean;
  readonly builder: number | null;
  readonly builder_name: string | null;
  readonly builder_start: string | null;
  readonly leftover: boolean;
}

/**
 * What pg_index says about the step's index and about remains of an interrupted REINDEX CONCURRENTLY on its table.
 * Those are invalid indexes called like another index of the table (maybe cut short) plus `_ccnew` or `_ccold` and
 * maybe a number. Reads the catalog only; pg_get_indexdef() would wait behind a lock.
 */
const INDEX_SQL = `
WITH wanted AS (SELECT pg_catalog.to_regclass($1)::oid AS oid, pg_catalog.to_regclass($2)::oid AS tab)
SELECT n.nspname AS schema, c.relname AS name, c.oid = w.oid AS wanted, i.indrelid = w.tab AS on_table,
  i.indisvalid AND i.indisready AND i.indislive AS good, p.pid AS builder,
  a.application_name AS builder_name, a.backend_start::text AS builder_start,
  c.oid IS DISTINCT FROM w.oid AND NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$' AND EXISTS (
    SELECT FROM pg_catalog.pg_index o JOIN pg_catalog.pg_class oc ON oc.oid = o.indexrelid
    WHERE o.indrelid = i.indrelid AND oc.oid <> c.oid
      AND starts_with(oc.relname, pg_catalog.regexp_replace(c.relname, '_cc(new|old)[0-9]*$', ''))) AS leftover
FROM wanted w
JOIN pg_catalog.pg_index i ON i.indexrelid = w.oid OR (i.indrelid = w.tab AND NOT i.indisvalid)
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stat_progress_create_index p ON p.index_relid = c.oid AND p.pid <> $3
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = p.pid
ORDER BY n.nspname, c.relname`;

/**
 * Says what is there. `invalid` is believed only when it is seen twice: the catalog is read as of the query's start,
 * the progress view as of now, so a build that ends in between would pass for a broken one and be dropped.
 *
 * @param workerPid our own session, which counts as nobody else's build.
 */
export async function inspectIndex(
  connection: Connection,
  step: ConcurrentIndexStep,
  workerPid: number,
): Promise<IndexInspection> {
  const first = await inspectOnce(connection, step, workerPid);
  const broken = first.condition === 'invalid' || first.leftovers.length > 0;
  return broken ? inspectOnce(connection, step, workerPid) : first;
}

async function inspectOnce(
  connection: Connection,
  step: ConcurrentIndexStep,
  workerPid: number,
): Promise<IndexInspection> {
  const rows = await connection.query<IndexRow>(INDEX_SQL, [step.index, step.table, workerPid]);
  const wanted = rows.find((row) => row.wanted);
  const building = rows.find((row) => row.builder !== null && (row.wanted || row.leftover));
  const builder = building?.builder ?? null;
  const isOrphan = building?.builder_name?.startsWith(WORKER_NAME_PREFIX) === true;
  return {
    condition: builder !== null ? 'building' : wanted === undefined ? 'absent' : wanted.good ? 'valid' : 'invalid',
    builderPid: builder,
    builderStart: building?.builder_start ?? null,
    orphan: builder !== null && isOrphan ? await observeIndex(connection, builder, step.table) : null,
    // Who drops an index may not know any more which table it was on.
    onTable: wanted === undefined || wanted.on_table || step.verb === 'drop',
    leftovers:
      step.verb === 'reindex'
        ? rows
            .filter((row) => row.leftover)
            .map(({ schema, name }) => `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`)
        : [],
  };
}
