import type { Connection } from '../db/connection.ts';
import { PrivilegeError, ReadOnlyServerError, StalePlanError } from '../model/error.ts';
import type { LockMode } from '../model/lock-mode.ts';
import type { MigrationPlan, Plan } from '../model/plan.ts';
import { ledgerExists } from './ledger-schema.ts';

/**
 * Whether this server takes our work at all: it must be writable, and the ledger must be there or may be made.
 *
 * @throws ReadOnlyServerError on a standby or where transactions are read only; PrivilegeError when the role may
 * neither write the ledger nor make it.
 */
export async function assertWritable(connection: Connection, commandLine: string): Promise<void> {
  const again = `then ${commandLine}`;
  const [row] = await connection.query<{ standby: boolean; read_only: boolean; creates: boolean; role: string }>(
    `SELECT pg_catalog.pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS read_only,
       pg_catalog.has_database_privilege(current_database(), 'CREATE') AS creates, current_user::text AS role`,
  );
  if (row?.standby === true) {
    throw new ReadOnlyServerError('This server is a standby; migrations run on the primary.', {
      nextCommand: `give the URL of the primary, ${again}`,
    });
  }
  if (row?.read_only === true) {
    throw new ReadOnlyServerError('Transactions on this server are read only (default_transaction_read_only).', {
      nextCommand: `switch default_transaction_read_only off for this role or database, ${again}`,
    });
  }
  if (await ledgerExists(connection)) return assertLedgerOurs(connection, row?.role ?? '', again);
  if (row?.creates !== true) {
    throw new PrivilegeError(`Role ${row?.role} may not create the schema evenkeel for the ledger.`, {
      nextCommand: `GRANT CREATE ON DATABASE <database> TO ${row?.role}, ${again}`,
    });
  }
}

async function assertLedgerOurs(connection: Connection, role: string, again: string): Promise<void> {
  const [row] = await connection.query<{ missing: string | null }>(
    `SELECT min(c.relname::text) AS missing FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'evenkeel' AND c.relkind = 'r'
       AND NOT (pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE')
         AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AND pg_catalog.has_table_privilege(c.oid, 'INSERT')
         AND pg_catalog.has_table_privilege(c.oid, 'UPDATE'))`,
  );
  if (row?.missing == null) return;
  throw new PrivilegeError(`Role ${role} may not write the ledger table evenkeel.${row.missing}.`, {
    nextCommand: `run as the role that made the ledger, or GRANT ALL ON ALL TABLES IN SCHEMA evenkeel TO ${role}, ${again}`,
  });
}

/**
 * Whether the role may change the tables that the plan changes. Tables that the plan itself makes are left out.
 *
 * @throws PrivilegeError that names the first table and its owner.
 */
export async function assertMayChange(
  connection: Connection,
  migrations: readonly MigrationPlan[],
  commandLine: string,
): Promise<void> {
  const locks = migrations.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === 'backfill' ? [] : step.locks)),
  );
  const rows = await connection.query<{ key: string; mode: LockMode; owner: string; role: string }>(
    `SELECT DISTINCT w.key, w.mode, pg_catalog.pg_get_userbyid(c.relowner)::text AS owner, current_user::text AS role
     FROM unnest($1::text[], $2::text[]) AS w (key, mode)
     JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(w.key) AND c.relkind IN ('r', 'p')
     WHERE NOT pg_catalog.pg_has_role(c.relowner, 'USAGE') AND NOT CASE w.mode
       -- A foreign key and a trigger lock tables that need not be ours; so does TRUNCATE.
       WHEN 'SHARE ROW EXCLUSIVE' THEN pg_catalog.has_any_column_privilege(c.oid, 'REFERENCES')
         OR pg_catalog.has_table_privilege(c.oid, 'TRIGGER')
       WHEN 'ACCESS EXCLUSIVE' THEN pg_catalog.has_table_privilege(c.oid, 'TRUNCATE')
       ELSE w.mode IN ('ACCESS SHARE', 'ROW SHARE', 'ROW EXCLUSIVE') END
     ORDER BY w.key LIMIT 1`,
    [locks.map(({ relation }) => relation), locks.map(({ mode }) => mode)],
  );
  const [first] = rows;
  if (first === undefined) return;
  throw new PrivilegeError(`Table ${first.key} belongs to ${first.owner}; role ${first.role} may not change it.`, {
    nextCommand: `run as ${first.owner}, or GRANT ${first.owner} TO ${first.role}, then ${commandLine}`,
  });
}

/**
 * Whether the plan was made for the catalog that is there now. Asked only when nothing of the plan has begun.
 *
 * @throws StalePlanError when it was not.
 */
export function assertFresh(plan: Plan, fingerprint: string, commandLine: string): void {
  if (plan.fingerprint === fingerprint) return;
  throw new StalePlanError('The schema of the database has changed since the plan was made.', {
    nextCommand: `plan anew: ${commandLine}`,
  });
}
