import { existsSync } from 'node:fs';
import path from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { UsageError } from '../model/error.ts';
import type { CliContext } from './context.ts';
import type { JudgeOptions, ProjectConfig } from './toolkit.ts';

/** Flags of the commands that judge files, as commander hands them over. */
export interface JudgeFlags {
  readonly schema?: string;
  readonly databaseUrl?: string;
  readonly serverVersion?: string;
  readonly format: string;
}

/** Gives a command the flags that `check`, `explain` and `plan` share. */
export function addJudgeFlags(command: Command, formats: readonly string[]): Command {
  return command
    .option(
      '--schema <file>',
      'schema that the files meet, instead of replaying them on an empty one: a file of SQL, or a snapshot (.json)',
    )
    .option('--database-url <url>', 'live database with the schema that the files meet; it is only read')
    .option(
      '--server-version <number>',
      'PostgreSQL version to judge for (default: that of the database, else the newest)',
    )
    .addOption(formatOption(formats));
}

/** `--format`, one of the given; the first is the default. */
export function formatOption(formats: readonly string[]): Option {
  return new Option('--format <format>', 'how to print the answer').choices(formats).default(formats[0]);
}

/** Paths as an argument of a command: `required` wants at least one. */
export function pathsArgument(name: string, description: string, required: boolean): Argument {
  return new Argument(required ? `<${name}...>` : `[${name}...]`, description);
}

/**
 * The flags as the library wants them; what they do not say, the config says. A database has the schema and the version
 * of its own.
 *
 * @throws UsageError when two schemas are given, an empty one, or a version that is no number.
 */
export function judgeOptions(paths: readonly string[], flags: JudgeFlags, config: ProjectConfig | null): JudgeOptions {
  if (flags.schema !== undefined && flags.databaseUrl !== undefined) {
    throw new UsageError('--schema and --database-url both say which schema the files meet.', {
      nextCommand: 'give only one of the two',
    });
  }
  refuseEmpty('--schema', flags.schema);
  refuseEmpty('--database-url', flags.databaseUrl);
  const hasDatabase = flags.databaseUrl !== undefined;
  const schema = flags.schema ?? (hasDatabase ? null : config?.schemaFile) ?? null;
  const version =
    flags.serverVersion ?? (hasDatabase || isSnapshot(flags.schema) ? null : config?.serverVersion) ?? null;
  return {
    paths,
    ...(schema === null ? {} : { schemaFile: schema }),
    ...(flags.databaseUrl === undefined ? {} : { databaseUrl: flags.databaseUrl }),
    ...(version === null ? {} : { serverMajor: majorOf(version) }),
  };
}

/** A snapshot that is named on the command line answers for its own version. */
function isSnapshot(schema: string | undefined): boolean {
  return schema?.toLowerCase().endsWith('.json') === true;
}

/** An empty word is a shell variable that was not set: judging against nothing then would be a wrong answer. */
export function refuseEmpty(flag: string, value: string | undefined): void {
  if (value !== '') return;
  throw new UsageError(`${flag} is empty.`, { nextCommand: `give ${flag} a value, or leave it out` });
}

/** `16` and `16.4` are both 16: facts differ by major version only. */
function majorOf(version: string): number {
  const [, major] = /^(\d{1,3})(\.\d+)*$/.exec(version) ?? [];
  if (major !== undefined) return Number(major);
  throw new UsageError(`--server-version takes a PostgreSQL version such as 16, not ${version}.`, {
    nextCommand: 'evenkeel check --help',
  });
}

/** Where Drizzle, Prisma, dbmate, most others, and TypeORM keep their migrations. */
const DEFAULT_FOLDERS = [
  'drizzle',
  'prisma/migrations',
  'db/migrations',
  'migrations',
  'src/migrations',
  'src/migration',
] as const;

/** The paths that were given, or those of the config, or the migration folder that lies here, or none. */
export function pathsOrDefault(
  paths: readonly string[],
  context: CliContext,
  config: ProjectConfig | null,
): readonly string[] {
  if (paths.length > 0) return paths;
  if (config?.paths !== undefined && config.paths !== null) return config.paths;
  const folder = DEFAULT_FOLDERS.find((name) => existsSync(path.join(context.cwd, name)));
  return folder === undefined ? [] : [folder];
}

/**
 * As `pathsOrDefault`, where there must be one.
 *
 * @throws UsageError when there is none.
 */
export function requirePaths(
  paths: readonly string[],
  context: CliContext,
  config: ProjectConfig | null,
): readonly string[] {
  const found = pathsOrDefault(paths, context, config);
  if (found.length > 0) return found;
  const looked = DEFAULT_FOLDERS.map((name) => `./${name}`).join(', ');
  throw new UsageError(`No path was given, and there is no folder of migrations here: looked for ${looked}.`, {
    nextCommand: 'evenkeel check <file or folder>',
  });
}

/**
 * The database to work on: the flag, else DATABASE_URL.
 *
 * @throws UsageError when there is neither.
 */
export function requireDatabaseUrl(flag: string | undefined, context: CliContext, command: string): string {
  const url = flag ?? context.env['DATABASE_URL'] ?? '';
  if (url !== '') return url;
  throw new UsageError(
    `No database was given: ${command} needs --database-url or the environment variable DATABASE_URL.`,
    {
      nextCommand: `evenkeel ${command} --help`,
    },
  );
}
