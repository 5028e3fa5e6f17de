import path from 'node:path';
import type { Migration } from '../model/migration.ts';
import type { MigrationRecord } from '../model/run-record.ts';
import type { LedgerContents } from '../run/read-ledger.ts';

/**
 * What the ledger knows of the folders given and the folders do not hold any more. Files given one by one leave out
 * others on purpose, so nothing is missed beside them.
 *
 * A folder may be given by another path than last time: the paths that the ledger has for files still there tell which
 * records are of the same folder. Other folders may share the database; their records are left alone.
 */
export function missingRecords(
  paths: readonly string[],
  migrations: readonly Migration[],
  ledger: Pick<LedgerContents, 'migrations'>,
): readonly MigrationRecord[] {
  const alone = new Set(
    paths.filter((given) => /\.(?:sql|[mc]?[tj]s)$/i.test(given)).map((given) => path.normalize(given)),
  );
  const inFolders = migrations.filter((migration) => !alone.has(migration.path));
  const ids = new Set(migrations.map(({ id }) => id));
  const idsInFolders = new Set(inFolders.map(({ id }) => id));
  const folders = new Set([
    ...inFolders.map((migration) => path.dirname(migration.path)),
    ...ledger.migrations.filter(({ id }) => idsInFolders.has(id)).map((record) => path.dirname(record.path)),
  ]);
  return ledger.migrations.filter((record) => !ids.has(record.id) && folders.has(path.dirname(record.path)));
}
