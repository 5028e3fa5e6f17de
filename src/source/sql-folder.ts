import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { SourceError } from '../model/error.ts';
import { readMarkedFile } from './marked-file.ts';
import { type MigrationFile, orEncodingError } from './migration-file.ts';
import { compareNaturally } from './natural-order.ts';

/**
 * Reads a folder of plain `.sql` files, sorted by name with numbers counted as numbers. Files that end in `.down.sql`
 * take a migration back and are left out; folders inside are not looked into.
 *
 * @throws SourceError when the folder holds no migration.
 */
export async function readSqlFolder(folder: string): Promise<readonly MigrationFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory() && isMigrationName(entry.name)).map(({ name }) => name);
  if (names.length === 0) {
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    throw noMigrations(folder, folders);
  }
  const files = names.sort(compareNaturally).map((name) => path.join(folder, name));
  return Promise.all(files.map((file) => orEncodingError(readMarkedFile(file))));
}

function isMigrationName(name: string): boolean {
  return /\.sql$/i.test(name) && !/\.down\.sql$/i.test(name);
}

function noMigrations(folder: string, subfolders: readonly string[]): SourceError {
  const likely = ['drizzle', 'migrations', 'sql'].find((name) => subfolders.includes(name));
  return new SourceError(
    `${folder} holds no .sql file, no meta/_journal.json of drizzle-kit, no migration_lock.toml of Prisma and no migration of TypeORM.`,
    {
      nextCommand: likely === undefined ? `ls ${folder}` : `pass ${path.join(folder, likely)} instead of ${folder}`,
    },
  );
}
