import type { Connection } from '../db/connection.ts';
import type { AppliedMigration } from '../model/snapshot.ts';

/** Ledgers that have one place: Evenkeel's own, and that of drizzle-orm's migrator. */
const LEDGERS = [
  { ledger: 'evenkeel', schema: 'evenkeel', table: 'migration' },
  { ledger: 'drizzle', schema: 'drizzle', table: '__drizzle_migrations' },
] as const;

type Ledger =
  | (typeof LEDGERS)[number]
  | { readonly ledger: 'typeorm'; readonly schema: string; readonly table: string; readonly isCurrentSchema: boolean };

/** Which migrations a database has, and which ledgers could not be read, with the reason. */
export interface AppliedRead {
  readonly applied: readonly AppliedMigration[];
  readonly denied: readonly { readonly what: string; readonly reason: string }[];
}

/** Reads names and checksums of applied migrations; the only rows of tables that a snapshot reads. */
export async function readApplied(connection: Connection): Promise<AppliedRead> {
  const applied: AppliedMigration[] = [];
  const denied: { what: string; reason: string }[] = [];
  for (const one of [...LEDGERS, ...(await typeormLedgers(connection))]) {
    const what = `which migrations ${one.schema}.${one.table} has as applied`;
    const state = await stateOf(connection, one.schema, one.table);
    if (state === 'denied')
      denied.push({ what, reason: 'the role has no USAGE on the schema or no SELECT on the table' });
    else if (state === 'locked') denied.push({ what, reason: 'somebody holds it locked' });
    else if (state === 'there') applied.push(...(await read(connection, one)));
  }
  return { applied, denied };
}

/** Tables of the name that TypeORM gives its own where nobody says another one, with its columns and no others. */
async function typeormLedgers(connection: Connection): Promise<readonly Ledger[]> {
  const rows = await connection.query<{ schema: string; isCurrentSchema: boolean }>(
    `SELECT n.nspname AS schema, n.nspname = pg_catalog.current_schema() AS "isCurrentSchema"
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname = 'migrations' AND c.relkind = 'r' AND (
        SELECT pg_catalog.array_agg(a.attname || ' ' || pg_catalog.format_type(a.atttypid, NULL) ORDER BY a.attname)
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      ) = ARRAY['id integer', 'name character varying', 'timestamp bigint']
      ORDER BY n.nspname`,
  );
  return rows.map(({ schema, isCurrentSchema }) => ({
    ledger: 'typeorm',
    schema,
    table: 'migrations',
    isCurrentSchema: isCurrentSchema === true,
  }));
}

async function stateOf(
  connection: Connection,
  schema: string,
  table: string,
): Promise<'missing' | 'denied' | 'locked' | 'there'> {
  const [row] = await connection.query<{ mayRead: boolean; isLocked: boolean }>(
    `SELECT pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AS "mayRead",
        EXISTS (SELECT FROM pg_catalog.pg_locks l
          WHERE l.relation = c.oid AND l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
            AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
        ) AS "isLocked"
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'r'`,
    [schema, table],
  );
  if (row === undefined) return 'missing';
  if (!row.mayRead) return 'denied';
  return row.isLocked ? 'locked' : 'there';
}

async function read(connection: Connection, one: Ledger): Promise<readonly AppliedMigration[]> {
  if (one.ledger === 'evenkeel') {
    const rows = await connection.query<{ id: string; checksum: string }>(
      `SELECT id, checksum FROM evenkeel.migration WHERE state = 'applied' ORDER BY place`,
    );
    return rows.map(({ id, checksum }) => ({ ledger: 'evenkeel', id, checksum }));
  }
  if (one.ledger === 'typeorm') {
    const table = [one.schema, one.table].map((name) => `"${name.replaceAll('"', '""')}"`).join('.');
    const names = await connection.query<{ name: string }>(`SELECT name FROM ${table} ORDER BY id`);
    return names.map(({ name }) => ({ ...one, name }));
  }
  const rows = await connection.query<{ hash: string; created: string | null }>(
    `SELECT hash, created_at::text AS created FROM drizzle.__drizzle_migrations ORDER BY created_at, hash`,
  );
  const { schema, table } = one;
  return rows.map(({ hash, created }) => ({
    ledger: 'drizzle',
    schema,
    table,
    hash,
    createdAtMs: created === null ? 0 : Number(created),
  }));
}
