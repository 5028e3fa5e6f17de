import { readFile } from 'node:fs/promises';
import { applyStatement } from '../catalog/apply-statement.ts';
import { emptyCatalog } from '../catalog/empty-catalog.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { Connection } from '../db/connection.ts';
import type { DatabaseTarget } from '../db/database-target.ts';
import { openSession } from '../db/open-session.ts';
import { type Calibration, DEFAULT_CALIBRATION } from '../model/calibration.ts';
import type { Catalog } from '../model/catalog.ts';
import { type EncodingError, MigrationCodeError, SourceError, SqlSyntaxError, UsageError } from '../model/error.ts';
import type { Migration } from '../model/migration.ts';
import { DEFAULT_SERVER_VERSION, MEASURED_MAJORS, type ServerVersion } from '../model/server-version.ts';
import type { Statement } from '../model/statement.ts';
import type { ParsedMigration } from '../pipeline/parsed-migration.ts';
import { readMeasuredCatalog } from '../snapshot/read-measured-catalog.ts';
import { isMigration, knownMigration, type MigrationFile } from '../source/migration-file.ts';
import { readEachMigration } from '../source/read-migrations.ts';
import { loadParser } from '../sql/postgres/load-parser.ts';
import { parseStatements } from '../sql/postgres/parse-statements.ts';
import { isSnapshotFile, loadSnapshot } from './load-snapshot.ts';
import { readProgress } from './read-progress.ts';

export interface InputOptions {
  /** Files or folders, as the user typed them. */
  readonly paths: readonly string[];
  /** The schema to judge against: a file of SQL that makes it, or a snapshot (`evenkeel snapshot`), which is JSON. */
  readonly schemaFile?: string;
  /** A server whose catalog to judge against; read only. */
  readonly databaseUrl?: DatabaseTarget;
  /** The major version to judge for; a live server answers for itself. */
  readonly serverMajor?: number;
}

export interface LoadedInput {
  readonly migrations: readonly ParsedMigration[];
  readonly catalog: Catalog;
  /** Whether the catalog holds everything there is on the server. */
  readonly catalogIsComplete: boolean;
  readonly version: ServerVersion;
  readonly timeZone: string | null;
  /** Rates to reckon with, where the catalog has sizes. */
  readonly calibration?: Calibration;
  /** In words: what was judged against. */
  readonly context: string;
  /** The statements that made the catalog; null when it was read from a server. */
  readonly schemaStatements: readonly Statement[] | null;
}

/** A file that is no text or no SQL, or whose SQL cannot be told, and how many of the migrations stand before it. */
export interface UnreadableMigration {
  readonly error: EncodingError | SqlSyntaxError | MigrationCodeError;
  /** null when the file is no text. */
  readonly text: string | null;
  readonly position: number;
}

export interface ReadableInput extends LoadedInput {
  readonly unreadable: readonly UnreadableMigration[];
}

/**
 * Reads what a command works on: migration files, and the schema they meet (a live server's, a file's, or none).
 *
 * @throws SourceError, EncodingError, SqlSyntaxError, MigrationCodeError, UsageError, ConnectionError
 */
export async function loadInput(options: InputOptions): Promise<LoadedInput> {
  const { unreadable, ...input } = await loadReadableInput(options);
  const [first] = unreadable;
  if (first !== undefined) throw first.error;
  return input;
}

/**
 * As `loadInput`, but migration files that cannot be read are left out and told.
 *
 * @throws SourceError, UsageError, ConnectionError; SqlSyntaxError of a schema file.
 */
export async function loadReadableInput(options: InputOptions): Promise<ReadableInput> {
  if (options.schemaFile !== undefined && options.databaseUrl !== undefined) {
    throw new UsageError('Both a schema file and a database were given; only one can be the schema to judge against.', {
      nextCommand: 'leave out --schema or --database-url',
    });
  }
  const [files] = await Promise.all([readEachMigration(options.paths), loadParser()]);
  // What is applied need not be read any more: only its name is asked for.
  const known = files.flatMap((file) => knownMigration(file) ?? []);
  const { pending, ...context } = await loadContext(known, options);
  return { ...context, ...parseEach(files, new Set(pending)) };
}

/** What migrations meet, and which of them are still to come. */
interface Context extends Omit<LoadedInput, 'migrations'> {
  readonly pending: readonly Migration[];
}

async function loadContext(migrations: readonly Migration[], options: InputOptions): Promise<Context> {
  if (options.databaseUrl !== undefined) return loadFromServer(migrations, options.databaseUrl);
  if (options.schemaFile !== undefined && isSnapshotFile(options.schemaFile)) {
    return loadFromSnapshot(migrations, options.schemaFile, options.serverMajor);
  }
  const version = versionOf(options.serverMajor);
  const schemaStatements = await schemaFrom(options.schemaFile);
  const catalog = schemaStatements.reduce(applyStatement, emptyCatalog(version.major));
  const context = options.schemaFile ?? 'the migrations themselves, replayed from an empty schema';
  return { pending: migrations, catalog, catalogIsComplete: false, version, timeZone: null, context, schemaStatements };
}

/** The pending ones of the files with their statements, and those that cannot be read in between. */
function parseEach(
  files: readonly MigrationFile[],
  pending: ReadonlySet<Migration>,
): Pick<ReadableInput, 'migrations' | 'unreadable'> {
  const migrations: ParsedMigration[] = [];
  const unreadable: UnreadableMigration[] = [];
  for (const file of files) {
    const position = migrations.length;
    if (!isMigration(file)) {
      const known = knownMigration(file);
      const text = file instanceof MigrationCodeError ? file.text : null;
      if (known === null || pending.has(known)) unreadable.push({ error: file, text, position });
    } else if (pending.has(file)) {
      const parsed = parsedOrError(file);
      if (parsed instanceof SqlSyntaxError) unreadable.push({ error: parsed, text: file.sql, position });
      else migrations.push(parsed);
    }
  }
  return { migrations, unreadable };
}

function parsedOrError(migration: Migration): ParsedMigration | SqlSyntaxError {
  try {
    return parse(migration);
  } catch (error) {
    if (error instanceof SqlSyntaxError) return error;
    throw error;
  }
}

/** One migration with its statements. */
export function parse(migration: Migration): ParsedMigration {
  return { migration, statements: parseStatements(migration.sql, migration.path) };
}

/** The version that facts are derived for: a server newer than the newest measured one is judged like that one. */
export function versionForFacts(serverMajor: number): ServerVersion {
  const newest = MEASURED_MAJORS[MEASURED_MAJORS.length - 1] ?? serverMajor;
  return { engine: 'postgresql', major: Math.min(serverMajor, newest) };
}

export async function readTimeZone(connection: Connection): Promise<string> {
  const [row] = await connection.query<{ zone: string }>("SELECT pg_catalog.current_setting('TimeZone') AS zone");
  return row?.zone ?? 'UTC';
}

async function loadFromServer(migrations: readonly Migration[], databaseUrl: DatabaseTarget): Promise<Context> {
  const connection = await openSession(databaseUrl, {
    applicationName: 'evenkeel:read',
    settings: { default_transaction_read_only: 'on', statement_timeout: '30s', lock_timeout: '2s' },
  });
  try {
    const version = versionForFacts(connection.serverMajor);
    const catalog = await readMeasuredCatalog(connection, await readCatalog(connection));
    const { pending } = await readProgress(connection, migrations);
    const applied = migrations.length - pending.length;
    const context =
      applied === 0 ? 'the live database' : `the live database (${applied} of ${migrations.length} files are applied)`;
    return {
      pending,
      catalog,
      catalogIsComplete: true,
      calibration: DEFAULT_CALIBRATION,
      version,
      timeZone: await readTimeZone(connection),
      context,
      schemaStatements: null,
    };
  } finally {
    await connection.close();
  }
}

async function loadFromSnapshot(
  migrations: readonly Migration[],
  file: string,
  serverMajor: number | undefined,
): Promise<Context> {
  const { serverMajor: major, ...loaded } = await loadSnapshot(file, migrations, serverMajor ?? null);
  return { ...loaded, catalogIsComplete: true, version: versionForFacts(major), schemaStatements: null };
}

function versionOf(major: number | undefined): ServerVersion {
  if (major === undefined) return DEFAULT_SERVER_VERSION;
  if (!MEASURED_MAJORS.includes(major)) {
    throw new UsageError(`PostgreSQL ${major} was never measured; known are ${MEASURED_MAJORS.join(', ')}.`, {
      nextCommand: `pass --server-version with one of ${MEASURED_MAJORS.join(', ')}`,
    });
  }
  return { engine: 'postgresql', major };
}

async function schemaFrom(file: string | undefined): Promise<readonly Statement[]> {
  return file === undefined ? [] : parseStatements(withoutRestrict(await readSchemaFile(file)), file);
}

/** pg_dump frames what it writes with two commands of psql (since 17.6 and its like); their lines stay, empty. */
function withoutRestrict(sql: string): string {
  return sql.replaceAll(/^\\(?:un)?restrict [A-Za-z0-9]+\r?$/gm, '');
}

async function readSchemaFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new SourceError(`The schema file ${file} cannot be read.`, { cause, nextCommand: `ls ${file}` });
  }
}
