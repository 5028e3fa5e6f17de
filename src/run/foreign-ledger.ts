import type { Connection } from '../db/connection.ts';
import type { ForeignLedgerRow } from '../model/migration.ts';
import { quoteIdentifier, quoteLiteral } from '../sql/postgres/quote.ts';

type ForeignTable = Pick<ForeignLedgerRow, 'schema' | 'table'>;

function tableSql({ schema, table }: ForeignTable): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;
}

/**
 * The statements that leave a migration tool's own ledger as the tool itself would have: schema and table as
 * drizzle-orm 0.45 makes them, and the row if it is not there yet. Reads only; the caller runs the answer in the
 * transaction that marks the migration applied.
 */
export async function foreignLedgerSql(connection: Connection, row: ForeignLedgerRow): Promise<string> {
  const [there] = await connection.query<{ schema: boolean; table: boolean }>(
    `SELECT pg_catalog.to_regnamespace($1) IS NOT NULL AS "schema", pg_catalog.to_regclass($2) IS NOT NULL AS "table"`,
    [quoteIdentifier(row.schema), tableSql(row)],
  );
  const table = tableSql(row);
  const hash = quoteLiteral(row.hash);
  const createdAt = String(Math.trunc(row.createdAtMs));
  // Asked first, because IF NOT EXISTS still wants the privilege to create.
  const schemaSql = there?.schema === true ? '' : `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(row.schema)};\n`;
  const createSql =
    there?.table === true
      ? ''
      : `CREATE TABLE IF NOT EXISTS ${table} (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint);\n`;
  return `${schemaSql}${createSql}INSERT INTO ${table} (hash, created_at) SELECT ${hash}, ${createdAt}
WHERE NOT EXISTS (SELECT FROM ${table} WHERE hash = ${hash} AND created_at = ${createdAt});
`;
}

/** What a migration tool's own ledger holds; empty when it has none. */
export async function readForeignLedger(
  connection: Connection,
  at: ForeignTable,
): Promise<readonly { readonly hash: string; readonly createdAtMs: number }[]> {
  const [there] = await connection.query<{ table: boolean }>(
    `SELECT pg_catalog.to_regclass($1) IS NOT NULL AS "table"`,
    [tableSql(at)],
  );
  if (there?.table !== true) return [];
  const rows = await connection.query<{ hash: string; created_at: string | null }>(
    `SELECT hash, created_at::text FROM ${tableSql(at)} ORDER BY created_at, id`,
  );
  return rows.map(({ hash, created_at }) => ({ hash, createdAtMs: Number(created_at ?? 0) }));
}
