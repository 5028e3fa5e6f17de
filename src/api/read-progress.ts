import type { Connection } from '../db/connection.ts';
import { LedgerMismatchError, SourceError } from '../model/error.ts';
import type { ForeignLedgerRow, Migration } from '../model/migration.ts';
import { type LedgerContents, readLedger } from '../run/read-ledger.ts';
import { explainDenied } from './explain-denied.ts';

export interface Progress {
  readonly ledger: LedgerContents;
  /** Not applied by Evenkeel, nor by the tool that owns the files; in order. */
  readonly pending: readonly Migration[];
  /** Ids of migrations that the owning tool's own ledger holds and Evenkeel's does not. */
  readonly appliedElsewhere: readonly string[];
}

/**
 * Which migrations a database has already, by Evenkeel's ledger and by that of the tool the files belong to.
 *
 * @throws LedgerMismatchError when a file was edited after it was applied; PrivilegeError when the role may not look.
 */
export async function readProgress(connection: Connection, migrations: readonly Migration[]): Promise<Progress> {
  const ledger = await explainDenied(readLedger(connection));
  const elsewhere = await explainDenied(foreignApplied(connection, migrations));
  const appliedElsewhere: string[] = [];
  const pending: Migration[] = [];
  for (const migration of migrations) {
    const record = ledger.migrations.find((one) => one.id === migration.id);
    if (record?.state === 'applied') refuseEdited(migration, record.checksum);
    else if (record === undefined && elsewhere.has(migration.id)) appliedElsewhere.push(migration.id);
    else pending.push(migration);
  }
  return { ledger, pending, appliedElsewhere };
}

/** @throws LedgerMismatchError when a file is not what was applied. */
export function refuseEdited(migration: Migration, checksum: string): void {
  if (migration.checksum === checksum) return;
  throw new LedgerMismatchError(`${migration.path} was edited after it was applied.`, {
    nextCommand: `restore ${migration.path} as it was, and put the change into a new migration`,
  });
}

/**
 * Ids of migrations that the ledger of their own tool holds.
 *
 * @throws SourceError when nobody can tell where that ledger is: what is applied would look as if it were pending.
 */
export async function foreignApplied(
  connection: Connection,
  migrations: readonly Migration[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const { id, foreignLedgerRow, code } of migrations) {
    if (code?.ledgerProblem !== undefined) {
      throw new SourceError(code.ledgerProblem, {
        nextCommand: "write the option there as a text, such as 'public', and run the same command again",
      });
    }
    if (foreignLedgerRow !== null && (await isInForeignLedger(connection, foreignLedgerRow))) found.add(id);
  }
  return found;
}

async function isInForeignLedger(connection: Connection, row: ForeignLedgerRow): Promise<boolean> {
  const [found] = await connection.query<{ table: string | null }>(
    `SELECT t.name AS "table" FROM (SELECT pg_catalog.format('%I.%I', coalesce($1, pg_catalog.current_schema()), $2::text) AS name) t
     WHERE pg_catalog.to_regclass(t.name) IS NOT NULL`,
    [row.schema, row.table],
  );
  if (found === undefined) return false;
  const { sql, values } = questionFor(row);
  const rows = await connection.query(`SELECT 1 FROM ${found.table} WHERE ${sql} LIMIT 1`, values);
  return rows.length > 0;
}

/** Drizzle knows a migration by the `when` of its journal, and keeps the hash of the file beside it; TypeORM by its name. */
function questionFor(row: ForeignLedgerRow): { readonly sql: string; readonly values: readonly (string | number)[] } {
  return row.tool === 'drizzle'
    ? { sql: 'created_at = $1 OR hash = $2', values: [row.createdAtMs, row.hash] }
    : { sql: '"name" = $1', values: [row.name] };
}
