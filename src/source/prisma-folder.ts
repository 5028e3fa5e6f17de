import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { SourceError } from '../model/error.ts';
import type { Migration } from '../model/migration.ts';
import type { TransactionScope } from '../model/transaction-unit.ts';
import { type MigrationFile, orEncodingError, readMigrationFile, reasonOf } from './migration-file.ts';
import { type PrismaVersion, prismaVersion } from './prisma-version.ts';

/** What Prisma runs of one folder. */
const FILE_NAME = 'migration.sql';

/** By this file Prisma knows a folder of its own. */
export function lockFilePath(folder: string): string {
  return path.join(folder, 'migration_lock.toml');
}

/**
 * Reads a folder that Prisma wrote: a folder for each migration, in the order of their names. The id is the name of
 * that folder, as in Prisma's own ledger. What runs in one transaction hangs on the version that lies in the nearest
 * `node_modules`, or that the nearest `package.json` asks for.
 *
 * @throws SourceError when the folder is of another database, or holds no migration.
 */
export async function readPrismaFolder(folder: string): Promise<readonly MigrationFile[]> {
  await refuseOtherDatabase(folder);
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found = await Promise.all(names.map((name) => exists(path.join(folder, name, FILE_NAME))));
  const migrations = names.filter((_name, index) => found[index] === true).sort();
  if (migrations.length === 0) {
    throw new SourceError(`${folder} is of Prisma, and holds no migration yet.`, {
      nextCommand: 'npx prisma migrate dev --create-only',
    });
  }
  const version = await prismaVersion(folder);
  return Promise.all(migrations.map((name) => orEncodingError(readOne(path.join(folder, name, FILE_NAME), version))));
}

/** One file of such a folder. */
export async function readPrismaFile(file: string): Promise<Migration> {
  const folder = path.dirname(path.dirname(file));
  await refuseOtherDatabase(folder);
  return readOne(file, await prismaVersion(folder));
}

/** Whether a file is the migration of such a folder. */
export async function isPrismaFile(file: string): Promise<boolean> {
  return path.basename(file) === FILE_NAME && exists(lockFilePath(path.dirname(path.dirname(file))));
}

async function readOne(file: string, version: PrismaVersion): Promise<Migration> {
  const { transaction, isOneMessage } = transactionOf(version);
  const migration = await readMigrationFile(file, { format: 'prisma', transaction, foreignLedgerRow: null });
  const id = path.basename(path.dirname(file));
  return { ...migration, id, ...(isOneMessage ? { isOneMessage: true } : {}) };
}

/**
 * Up to 7.3 the file is one message, from 7.4 on each statement is sent by itself, and 8 opens one transaction around
 * all that is pending (prisma-engines, pull request 5767; run with 8.0.0-rc.19).
 */
function transactionOf({ major, minor }: PrismaVersion): { transaction: TransactionScope; isOneMessage: boolean } {
  if (major >= 8) return { transaction: 'run', isOneMessage: false };
  return { transaction: 'statement', isOneMessage: major < 7 || minor < 4 };
}

async function refuseOtherDatabase(folder: string): Promise<void> {
  const file = lockFilePath(folder);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SourceError(`${file} cannot be read: ${reasonOf(cause)}.`, { cause, nextCommand: `ls -l ${file}` });
  });
  const provider = /^\s*provider\s*=\s*"([^"]*)"/m.exec(text)?.[1] ?? 'postgresql';
  if (provider === 'postgresql' || provider === 'postgres') return;
  throw new SourceError(`${file} is of a ${provider} database, and Evenkeel reads PostgreSQL.`, {
    nextCommand: 'pass the folder that Prisma writes for your PostgreSQL database',
  });
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
