import type { Connection } from '../db/connection.ts';
import { LedgerMismatchError } from '../model/error.ts';
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

/** Ids of migrations that the ledger of their own tool holds. */
export async function foreignApplied(
  connection: Connection,
  migrations: readonly Migration[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const { id, foreignLedgerRow } of migrations) {
    if (await isInForeignLedger(connection, foreignLedgerRow)) found.add(id);
  }
  return found;
}

/** Drizzle knows a migration by the `when` of its journal, and keeps the hash of the file beside it. */
async function isInForeignLedger(connection: Connection, row: ForeignLedgerRow | null): Promise<boolean> {
  if (row === null) return false;
  const table = `"${row.schema}"."${row.table}"`;
  const [found] = await connection.query<{ there: boolean }>('SELECT pg_catalog.to_regclass($1) IS NOT NULL AS there', [
    table,
  ]);
  if (found?.there !== true) return false;
  const rows = await connection.query(`SELECT 1 FROM ${table} WHERE created_at = $1 OR hash = $2 LIMIT 1`, [
    row.createdAtMs,
    row.hash,
  ]);
  return rows.length > 0;
}
