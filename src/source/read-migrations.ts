import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { EncodingError, SourceError } from '../model/error.ts';
import type { Migration } from '../model/migration.ts';
import { journalPath, readDrizzleFile, readDrizzleFolder } from './drizzle-folder.ts';
import { readMarkedFile } from './marked-file.ts';
import { isMigration, type MigrationFile, orEncodingError, reasonOf } from './migration-file.ts';
import { isPrismaFile, lockFilePath, readPrismaFile, readPrismaFolder } from './prisma-folder.ts';
import { readSqlFolder } from './sql-folder.ts';

/**
 * Reads migrations in the order in which they are to be applied. Each path is a `.sql` file, a folder of `.sql` files,
 * a folder that drizzle-kit 0.x wrote (it has `meta/_journal.json`), or one of Prisma's (`migration_lock.toml`); paths are
 * taken in the order given.
 *
 * @throws SourceError when a path is missing or unreadable, when a folder holds no migration, when a Drizzle journal and
 * its files differ, and when two files have the same id; EncodingError when a file is no text.
 * @example
 * const migrations = await readMigrations(['drizzle']);
 * migrations[0]?.id; // '0000_create_tables'
 */
export async function readMigrations(paths: readonly string[]): Promise<readonly Migration[]> {
  const migrations: Migration[] = [];
  for (const file of await readEachMigration(paths)) {
    if (file instanceof EncodingError) throw file;
    migrations.push(file);
  }
  return migrations;
}

/**
 * As `readMigrations`, but a file that is no text stands as its error in its place, so that the others can be judged.
 *
 * @throws SourceError as `readMigrations` does.
 */
export async function readEachMigration(paths: readonly string[]): Promise<readonly MigrationFile[]> {
  const files: MigrationFile[] = [];
  for (const given of paths) files.push(...(await readPath(path.normalize(given))));
  refuseSameIds(files.filter(isMigration));
  return files;
}

async function readPath(given: string): Promise<readonly MigrationFile[]> {
  const isFolder = (await statOf(given)).isDirectory();
  if (isFolder) return readFolder(given);
  if (!/\.sql$/i.test(given)) {
    throw new SourceError(`${given} is neither a folder nor a file that ends in .sql.`, {
      nextCommand: `ls ${path.dirname(given)}`,
    });
  }
  // A file taken out of a Drizzle folder is Drizzle's all the same: without its row Drizzle would run it again.
  if (await exists(journalPath(path.dirname(given)))) return [await orEncodingError(readDrizzleFile(given))];
  if (await isPrismaFile(given)) return [await orEncodingError(readPrismaFile(given))];
  return [await orEncodingError(readMarkedFile(given))];
}

async function readFolder(folder: string): Promise<readonly MigrationFile[]> {
  if (await exists(journalPath(folder))) return readDrizzleFolder(folder);
  return (await exists(lockFilePath(folder))) ? readPrismaFolder(folder) : readSqlFolder(folder);
}

async function statOf(given: string): Promise<{ isDirectory(): boolean }> {
  try {
    return await stat(given);
  } catch (cause) {
    throw new SourceError(`${given} cannot be read: ${reasonOf(cause)}.`, {
      cause,
      nextCommand: `ls ${path.dirname(given)}`,
    });
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function refuseSameIds(migrations: readonly Migration[]): void {
  const seen = new Map<string, Migration>();
  for (const migration of migrations) {
    const other = seen.get(migration.id);
    if (other !== undefined) {
      const sentence =
        other.path === migration.path
          ? `${migration.path} is given twice.`
          : `${other.path} and ${migration.path} have the same name, by which the ledger would remember both.`;
      throw new SourceError(sentence, { nextCommand: 'name each migration once, each by a name of its own' });
    }
    seen.set(migration.id, migration);
  }
}
