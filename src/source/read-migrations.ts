import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { SourceError } from '../model/error.ts';
import type { Migration } from '../model/migration.ts';
import { journalPath, readDrizzleFile, readDrizzleFolder } from './drizzle-folder.ts';
import { readMarkedFile } from './marked-file.ts';
import { isMigration, knownMigration, type MigrationFile, orEncodingError, reasonOf } from './migration-file.ts';
import { isPrismaFile, lockFilePath, readPrismaFile, readPrismaFolder } from './prisma-folder.ts';
import { readSqlFolder } from './sql-folder.ts';
import { isCodeFile, readTypeormFile, readTypeormFolder, typeormFiles } from './typeorm-folder.ts';

/**
 * Reads migrations in the order in which they are to be applied. Each path is a `.sql` file, a folder of `.sql` files,
 * a folder that drizzle-kit 0.x wrote (it has `meta/_journal.json`), one of Prisma's (`migration_lock.toml`), or a file or
 * folder of TypeORM's classes; paths are taken in the order given.
 *
 * @throws SourceError when a path is missing or unreadable, when a folder holds no migration, when a Drizzle journal and
 * its files differ, and when two files have the same id; EncodingError when a file is no text; MigrationCodeError when no
 * SQL can be told from its code.
 * @example
 * const migrations = await readMigrations(['drizzle']);
 * migrations[0]?.id; // '0000_create_tables'
 */
export async function readMigrations(paths: readonly string[]): Promise<readonly Migration[]> {
  const migrations: Migration[] = [];
  for (const file of await readEachMigration(paths)) {
    if (!isMigration(file)) throw file;
    migrations.push(file);
  }
  return migrations;
}

/**
 * As `readMigrations`, but a file that cannot be read stands as its error in its place, so that the others can be judged.
 *
 * @throws SourceError as `readMigrations` does.
 */
export async function readEachMigration(paths: readonly string[]): Promise<readonly MigrationFile[]> {
  const files: MigrationFile[] = [];
  for (const given of paths) files.push(...(await readPath(path.normalize(given))));
  refuseSameIds(files.flatMap((file) => knownMigration(file) ?? []));
  return files;
}

export interface KnownMigrations {
  readonly migrations: readonly Migration[];
  /** Why a migration cannot be read; it stands among the migrations without SQL. */
  readonly errors: ReadonlyMap<Migration, Error>;
}

/**
 * As `readMigrations`, where some may be applied already: those need not be read, and stand without SQL.
 *
 * @returns with the errors of migrations that cannot be read, by the migration; the caller throws those of pending ones.
 * @throws as `readMigrations` does, for files of which not even a name is known.
 */
export async function readKnownMigrations(paths: readonly string[]): Promise<KnownMigrations> {
  const errors = new Map<Migration, Error>();
  const migrations = (await readEachMigration(paths)).map((file) => {
    const known = knownMigration(file);
    if (isMigration(file)) return file;
    if (known === null) throw file;
    errors.set(known, file);
    return known;
  });
  return { migrations, errors };
}

async function readPath(given: string): Promise<readonly MigrationFile[]> {
  const isFolder = (await statOf(given)).isDirectory();
  if (isFolder) return readFolder(given);
  if (isCodeFile(given)) return [await readTypeormFile(given)];
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
  if (await exists(lockFilePath(folder))) return readPrismaFolder(folder);
  const files = await typeormFiles(folder);
  return files.length > 0 ? readTypeormFolder(folder, files) : readSqlFolder(folder);
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
