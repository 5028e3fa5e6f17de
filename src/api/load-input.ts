import { readFile } from 'node:fs/promises';
import { applyStatement } from '../catalog/apply-statement.ts';
import { emptyCatalog } from '../catalog/empty-catalog.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { Connection } from '../db/connection.ts';
import { connectPostgres } from '../db/postgres.ts';
import type { Catalog } from '../model/catalog.ts';
import { SourceError, UsageError } from '../model/error.ts';
import type { Migration } from '../model/migration.ts';
import { DEFAULT_SERVER_VERSION, MEASURED_MAJORS, type ServerVersion } from '../model/server-version.ts';
import type { ParsedMigration } from '../pipeline/check.ts';
import { readMigrations } from '../source/read-migrations.ts';
import { loadParser } from '../sql/postgres/load-parser.ts';
import { parseStatements } from '../sql/postgres/parse-statements.ts';
import { readProgress } from './read-progress.ts';

export interface InputOptions {
  /** Files or folders, as the user typed them. */
  readonly paths: readonly string[];
  /** A file of SQL that makes the schema to judge against. */
  readonly schemaFile?: string;
  /** A server whose catalog to judge against; read only. */
  readonly databaseUrl?: string;
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
  /** In words: what was judged against. */
  readonly context: string;
}

/**
 * Reads what a command works on: migration files, and the schema they meet (a live server's, a file's, or none).
 *
 * @throws SourceError, SqlSyntaxError, UsageError, ConnectionError
 */
export async function loadInput(options: InputOptions): Promise<LoadedInput> {
  await loadParser();
  if (options.schemaFile !== undefined && options.databaseUrl !== undefined) {
    throw new UsageError('Both a schema file and a database were given; only one can be the schema to judge against.', {
      nextCommand: 'leave out --schema or --database-url',
    });
  }
  const migrations = await readMigrations(options.paths);
  if (options.databaseUrl !== undefined) return loadFromServer(migrations, options.databaseUrl);
  const version = versionOf(options.serverMajor);
  const parsed = migrations.map(parse);
  const catalog = await schemaFrom(options.schemaFile, version);
  const context = options.schemaFile ?? 'the migrations themselves, replayed from an empty schema';
  return { migrations: parsed, catalog, catalogIsComplete: false, version, timeZone: null, context };
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

async function loadFromServer(migrations: readonly Migration[], databaseUrl: string): Promise<LoadedInput> {
  const connection = await connectPostgres(databaseUrl, {
    applicationName: 'evenkeel:read',
    settings: { default_transaction_read_only: 'on', statement_timeout: '30s', lock_timeout: '2s' },
  });
  try {
    const version = versionForFacts(connection.serverMajor);
    const catalog = await readCatalog(connection);
    const progress = await readProgress(connection, migrations);
    const pending = progress.pending.map(parse);
    const applied = migrations.length - pending.length;
    const context =
      applied === 0 ? 'the live database' : `the live database (${applied} of ${migrations.length} files are applied)`;
    return {
      migrations: pending,
      catalog,
      catalogIsComplete: true,
      version,
      timeZone: await readTimeZone(connection),
      context,
    };
  } finally {
    await connection.close();
  }
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

async function schemaFrom(file: string | undefined, version: ServerVersion): Promise<Catalog> {
  const empty = emptyCatalog(version.major);
  if (file === undefined) return empty;
  return parseStatements(await readSchemaFile(file), file).reduce(applyStatement, empty);
}

async function readSchemaFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new SourceError(`The schema file ${file} cannot be read.`, { cause, nextCommand: `ls ${file}` });
  }
}
