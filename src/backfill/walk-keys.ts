import type { Connection } from '../db/connection.ts';
import { quoteIdentifier } from '../sql/postgres/quote.ts';
import type { KeyCursor } from './pass-cursor.ts';
import type { WalkedTable } from './walked-table.ts';

type Key = readonly string[];

/** `(a, b)`, or `a` alone: a row of one is no row. */
function rowSql(parts: readonly string[]): string {
  return parts.length === 1 ? parts.join('') : `(${parts.join(', ')})`;
}

function columnsSql(step: WalkedTable): string {
  return rowSql(step.keyColumns.map(quoteIdentifier));
}

/** `$3::bigint` for each key column, from the `first`-th parameter on. */
function parametersSql(types: readonly string[], first: number): string {
  return rowSql(types.map((type, index) => `$${first + index}::${type}`));
}

/** The server's names of the types of the key columns. */
export async function keyTypes(connection: Connection, step: WalkedTable): Promise<readonly string[]> {
  const rows = await connection.query<{ name: string; type: string }>(
    `SELECT a.attname AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type
     FROM pg_catalog.pg_attribute a WHERE a.attrelid = $1::regclass AND a.attname = ANY ($2::text[])`,
    [step.table, step.keyColumns],
  );
  return step.keyColumns.map((column) => rows.find(({ name }) => name === column)?.type ?? 'text');
}

async function keyAt(
  connection: Connection,
  step: WalkedTable,
  rest: string,
  values: readonly unknown[],
): Promise<Key | null> {
  const texts = step.keyColumns.map((column, index) => `${quoteIdentifier(column)}::text AS k${index}`);
  const [row] = await connection.query<Record<string, string>>(
    `SELECT ${texts.join(', ')} FROM ${step.table} ${rest}`,
    values,
  );
  return row === undefined ? null : step.keyColumns.map((_column, index) => row[`k${index}`] ?? '');
}

/** Freezes the greatest key; null for an empty table. */
export async function startKeyPass(connection: Connection, step: WalkedTable, pass: number): Promise<KeyCursor | null> {
  const order = step.keyColumns.map((column) => `${quoteIdentifier(column)} DESC`).join(', ');
  const until = await keyAt(connection, step, `ORDER BY ${order} LIMIT 1`, []);
  return until === null ? null : { kind: 'keys', pass, after: null, until };
}

export interface KeyRange {
  /** The condition on the table, with parameters from $1 on. */
  readonly sql: string;
  readonly parameters: readonly string[];
  /** The cursor once the range is done; null when it was the last. */
  readonly next: KeyCursor | null;
  /** The last key of the range. */
  readonly upper: readonly string[];
}

/**
 * The next `size` rows behind the cursor: one ordered look at the key's index finds where they end, so that the UPDATE
 * itself needs neither ORDER BY nor LIMIT.
 */
export async function nextKeyRange(
  connection: Connection,
  step: WalkedTable,
  cursor: KeyCursor,
  size: number,
): Promise<KeyRange> {
  const types = step.keyTypes ?? (await keyTypes(connection, step));
  const columns = columnsSql(step);
  const after = cursor.after ?? [];
  const lower = cursor.after === null ? '' : `${columns} > ${parametersSql(types, 1)} AND `;
  const within = `${lower}${columns} <= ${parametersSql(types, after.length + 1)}`;
  const order = step.keyColumns.map(quoteIdentifier).join(', ');
  const end = await keyAt(connection, step, `WHERE ${within} ORDER BY ${order} OFFSET ${size - 1} LIMIT 1`, [
    ...after,
    ...cursor.until,
  ]);
  const upper = end ?? cursor.until;
  const last = end === null || end.every((part, index) => part === cursor.until[index]);
  return { sql: within, parameters: [...after, ...upper], next: last ? null : { ...cursor, after: upper }, upper };
}
