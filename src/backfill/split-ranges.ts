import type { Connection } from '../db/connection.ts';
import type { BackfillDefinition, BackfillWalk } from '../model/backfill.ts';
import type { RelationKey } from '../model/relation-name.ts';
import { quoteIdentifier } from '../sql/postgres/quote.ts';
import type { KeyCursor, PassCursor } from './pass-cursor.ts';
import { startBlockPass } from './walk-blocks.ts';
import { startKeyPass } from './walk-keys.ts';
import type { WalkedTable } from './walked-table.ts';

/** A part of a table that one worker walks at a time. */
export interface NewRange {
  readonly relation: RelationKey;
  readonly cursor: PassCursor;
  /** How much there is to walk, in rows or blocks. */
  readonly extent: number;
  /** How many rows or blocks the first batch takes. */
  readonly size: number;
}

/** A table of the statement that holds rows itself: the table, or one of its partitions. */
export interface Leaf {
  readonly relation: RelationKey;
  readonly rows: number;
}

/** Rows of a range: some seconds of work, so that workers end at about the same time. */
export const RANGE_ROWS = 50_000;
const MOST_RANGES_A_LEAF = 256;
/** Of each range, to find bounds that make them alike. */
const SAMPLED_ROWS_A_RANGE = 100;
const FIRST_BATCH_ROWS = 1_000;

/** The tables that hold the rows, and about how many each has; a foreign table among them holds none of ours. */
export async function readLeaves(connection: Connection, table: RelationKey): Promise<readonly Leaf[]> {
  return connection.query<Leaf>(
    `WITH RECURSIVE rel AS (
       SELECT $1::regclass::oid AS oid
       UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN rel ON i.inhparent = rel.oid)
     SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS relation,
       (CASE WHEN c.reltuples > 0 AND c.relpages > 0 THEN c.reltuples / c.relpages ELSE 50 END
         * pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int)::float8 AS rows
     FROM rel JOIN pg_catalog.pg_class c ON c.oid = rel.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' ORDER BY 1`,
    [table],
  );
}

/**
 * Cuts the rows that are there now into ranges, table by table; their upper end is frozen.
 *
 * @param rangeRows about how many rows a range has.
 */
export async function splitRanges(
  connection: Connection,
  what: {
    readonly definition: BackfillDefinition;
    readonly walk: BackfillWalk;
    readonly pass: number;
    readonly rangeRows: number;
  },
): Promise<readonly NewRange[]> {
  const ranges: NewRange[] = [];
  for (const leaf of await readLeaves(connection, what.definition.table)) {
    ranges.push(...(await splitLeaf(connection, leaf, what)));
  }
  return ranges;
}

/** The ranges of one table. */
export async function splitLeaf(
  connection: Connection,
  leaf: Leaf,
  what: {
    readonly definition: BackfillDefinition;
    readonly walk: BackfillWalk;
    readonly pass: number;
    readonly rangeRows: number;
  },
): Promise<readonly NewRange[]> {
  const { definition, walk, pass, rangeRows } = what;
  const keyColumns = walk.kind === 'keys' ? definition.keyColumns : [];
  const table: WalkedTable = { table: leaf.relation, keyColumns, batchRows: FIRST_BATCH_ROWS };
  const count = Math.min(MOST_RANGES_A_LEAF, Math.max(1, Math.ceil(leaf.rows / rangeRows)));
  return walk.kind === 'keys'
    ? keyRanges(connection, table, leaf, count, pass)
    : blockRanges(connection, table, count, pass);
}

async function keyRanges(
  connection: Connection,
  table: WalkedTable,
  leaf: Leaf,
  count: number,
  pass: number,
): Promise<readonly NewRange[]> {
  const whole = await startKeyPass(connection, table, pass);
  if (whole === null) return [];
  const bounds = count === 1 ? [] : await sampledBounds(connection, table, leaf, count, whole);
  const ends = [...bounds, whole.until];
  return ends.map((until, index) => ({
    relation: leaf.relation,
    cursor: { kind: 'keys', pass, after: ends[index - 1] ?? null, until },
    extent: Math.max(1, leaf.rows / ends.length),
    size: FIRST_BATCH_ROWS,
  }));
}

/** Keys of a sample, ordered by the server: it alone knows how its texts sort. */
async function sampledBounds(
  connection: Connection,
  { keyColumns }: WalkedTable,
  leaf: Leaf,
  count: number,
  { until }: KeyCursor,
): Promise<readonly (readonly string[])[]> {
  const columns = keyColumns.map(quoteIdentifier);
  const percent = Math.min(100, Math.max(0.001, (100 * count * SAMPLED_ROWS_A_RANGE) / Math.max(1, leaf.rows)));
  const texts = columns.map((column, index) => `${column}::text AS k${index}`);
  const names = columns.map((_column, index) => `k${index}`);
  const rows = await connection.query<Record<string, string>>(
    `SELECT ${names.join(', ')} FROM (
       SELECT ${texts.join(', ')}, row_number() OVER (ORDER BY ${columns.join(', ')}) AS n, count(*) OVER () AS total
       FROM ${leaf.relation} TABLESAMPLE SYSTEM (${percent.toFixed(4)})) s
     WHERE n % greatest(1, total / ${count}) = 0 AND n < total ORDER BY n`,
  );
  const last = until.join('\0');
  return rows.map((row) => names.map((name) => row[name] ?? '')).filter((key) => key.join('\0') !== last);
}

async function blockRanges(
  connection: Connection,
  table: WalkedTable,
  count: number,
  pass: number,
): Promise<readonly NewRange[]> {
  const { cursor, size } = await startBlockPass(connection, table, pass);
  if (cursor === null) return [];
  const blocks = Math.ceil(cursor.end / count);
  const starts = Array.from({ length: Math.ceil(cursor.end / blocks) }, (_value, index) => index * blocks);
  return starts.map((next) => {
    const end = Math.min(cursor.end, next + blocks);
    return { relation: table.table, cursor: { ...cursor, next, end }, extent: end - next, size };
  });
}
