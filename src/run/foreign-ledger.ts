import { createHash } from 'node:crypto';
import type { Connection } from '../db/connection.ts';
import type { DrizzleLedgerRow, ForeignLedgerRow } from '../model/migration.ts';
import { quoteIdentifier, quoteLiteral } from '../sql/postgres/quote.ts';

type ForeignTable = Pick<DrizzleLedgerRow, 'schema' | 'table'>;

function tableSql({ schema, table }: ForeignTable): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;
}

/** A ledger as its tool makes it, and a row as its tool writes it. */
interface RowSql {
  /** What stands between the brackets of CREATE TABLE. */
  readonly columns: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Read in drizzle-orm 0.45, `dialect.js`, and in typeorm 1.1.1, `MigrationExecutor.js`. */
function rowSql(row: ForeignLedgerRow): RowSql {
  if (row.tool === 'drizzle') {
    return {
      columns: 'id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint',
      values: { hash: quoteLiteral(row.hash), created_at: String(Math.trunc(row.createdAtMs)) },
    };
  }
  // Its naming strategy: of the table and its columns.
  const key = createHash('sha1').update(`${row.table}_id`).digest('hex').slice(0, 27);
  return {
    columns: `"id" SERIAL NOT NULL, "timestamp" bigint NOT NULL, "name" character varying NOT NULL, CONSTRAINT "PK_${key}" PRIMARY KEY ("id")`,
    values: { '"timestamp"': String(row.timestampMs), '"name"': quoteLiteral(row.name) },
  };
}

/**
 * The statements that leave a migration tool's own ledger as the tool itself would have: schema and table as
 * drizzle-orm 0.45 or typeorm 1.1 make them, and the row if it is not there yet. Reads only; the caller runs the answer
 * in the transaction that marks the migration applied.
 */
export async function foreignLedgerSql(connection: Connection, row: ForeignLedgerRow): Promise<string> {
  const at = { schema: await foreignSchema(connection, row), table: row.table };
  const [there] = await connection.query<{ schema: boolean; table: boolean }>(
    `SELECT pg_catalog.to_regnamespace($1) IS NOT NULL AS "schema", pg_catalog.to_regclass($2) IS NOT NULL AS "table"`,
    [quoteIdentifier(at.schema), tableSql(at)],
  );
  const table = tableSql(at);
  const { columns, values } = rowSql(row);
  const names = Object.keys(values);
  const isSame = names.map((name) => `${name} = ${values[name]}`).join(' AND ');
  // Asked first, because IF NOT EXISTS still wants the privilege to create.
  const schemaSql = there?.schema === true ? '' : `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(at.schema)};\n`;
  const createSql = there?.table === true ? '' : `CREATE TABLE IF NOT EXISTS ${table} (${columns});\n`;
  return `${schemaSql}${createSql}INSERT INTO ${table} (${names.join(', ')}) SELECT ${Object.values(values).join(', ')}
WHERE NOT EXISTS (SELECT FROM ${table} WHERE ${isSame});
`;
}

/** TypeORM without a schema of its own takes the first of the search path. */
async function foreignSchema(connection: Connection, { schema }: ForeignLedgerRow): Promise<string> {
  if (schema !== null) return schema;
  const [row] = await connection.query<{ schema: string | null }>('SELECT pg_catalog.current_schema() AS schema');
  return row?.schema ?? 'public';
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
