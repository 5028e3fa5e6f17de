import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SourceError, UsageError } from '../model/error.ts';
import type { Migration } from '../model/migration.ts';
import type { PlanReport } from '../model/report.ts';
import type { WrittenFile, WrittenPlan } from '../model/written-plan.ts';
import type { ParsedMigration } from '../pipeline/parsed-migration.ts';
import { planApart } from '../pipeline/plan-apart.ts';
import { journalPath } from '../source/drizzle-folder.ts';
import { knownMigration, reasonOf } from '../source/migration-file.ts';
import { readTypeormFolder, typeormFiles } from '../source/typeorm-folder.ts';
import { leadingNumber } from '../write/file-names.ts';
import { type DrizzleView, type FolderView, placeFiles, type TextFile } from '../write/place-files.ts';
import { isSafeAsItStands } from '../write/safe-as-it-stands.ts';
import { type StepFile, stepFiles } from '../write/step-files.ts';
import type { InputOptions, LoadedInput } from './load-input.ts';
import { isSnapshotFile } from './load-snapshot.ts';

export interface WriteOptions {
  /** Puts the plan into migration files of the tool that owns the migrations. */
  readonly write?: boolean;
  /** Lets files that are there be replaced: the first file of a plan takes the place of its migration. */
  readonly force?: boolean;
}

/**
 * Writes the plan as migration files, each step in one of its own. Nothing that is there is changed without `force`: the
 * files then stand beside the migration. Where a tool's own books would have to change, nothing is written without it.
 * `planCommand` is what was typed, without the flags for writing.
 *
 * @throws UsageError when newer migrations stand in the way; SourceError when a file cannot be read or written;
 * UnplannableError when the tool can run no form of a step.
 */
export async function writePlan(
  report: PlanReport,
  input: LoadedInput,
  options: InputOptions & WriteOptions,
  planCommand: string,
): Promise<WrittenPlan> {
  const isForced = options.force === true;
  const chosen = pending(input.migrations, options);
  const places: Place[] = [];
  const notes: string[] = [];
  for (const parsed of chosen) {
    const { migration } = parsed;
    const plan = report.plan.migrations.find(({ id }) => id === migration.id);
    if (plan === undefined) continue;
    if (isSafeAsItStands(plan, parsed)) {
      notes.push(`${migration.path} stays as it is: its plan does the same.`);
      continue;
    }
    const files = stepFiles(planApart(plan, input), migration);
    const folder = await viewFolder(migration);
    const isInstead = isForced || folder.drizzle !== null;
    places.push({ migration, isInstead, files: placeFiles(files, migration, folder, isInstead) });
    notes.push(...notesOn(files, migration), ...folder.takenBack);
  }
  const files = places.flatMap((place) => place.files);
  const isDone = isProved(report) && (isForced || files.every(({ action }) => action === 'create'));
  if (!isProved(report)) notes.push('The plan was not proved, so nothing was written.');
  if (isDone) await writeAll(files);
  const superseded = isDone ? places.filter(({ isInstead }) => !isInstead).map(({ migration }) => migration.path) : [];
  const nextCommand = isProved(report)
    ? nextCommandOf({ isDone, files, superseded }, options.paths, planCommand)
    : null;
  return { isDone, files, superseded, notes, nextCommand };
}

function nextCommandOf(
  { isDone, files, superseded }: Pick<WrittenPlan, 'isDone' | 'files' | 'superseded'>,
  paths: readonly string[],
  planCommand: string,
): string | null {
  if (!isDone) return `${planCommand} --write --force`;
  if (superseded.length > 0) return `rm ${superseded.map(shellWord).join(' ')}`;
  if (files.length === 0) return null;
  // What was typed names the folder, or the file whose place the first of the new ones has taken.
  const flags = planCommand.slice(`evenkeel plan ${paths.join(' ')}`.length);
  const written = files.filter(({ step }) => step !== null);
  const migrationAt = (at: string): string | undefined =>
    written.find((file) => file.path === path.normalize(at))?.step?.migration;
  const words = paths.flatMap((at) => {
    const migration = migrationAt(at);
    const own = written.filter(({ step }) => step?.migration === migration).map((file) => shellWord(file.path));
    return migration === undefined ? [shellWord(at)] : own;
  });
  return `evenkeel check ${words.join(' ')}${flags}`;
}

function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

interface Place {
  readonly migration: Migration;
  readonly isInstead: boolean;
  readonly files: readonly WrittenFile[];
}

function isProved({ proof }: PlanReport): boolean {
  return proof === undefined || proof.outcome === 'equal';
}

/** Of a folder whose history nobody knows only the newest migration may be new; a file that is named is meant. */
function pending(
  migrations: readonly ParsedMigration[],
  { paths, databaseUrl, schemaFile }: InputOptions,
): readonly ParsedMigration[] {
  const isKnown = databaseUrl !== undefined || (schemaFile !== undefined && isSnapshotFile(schemaFile));
  if (isKnown) return migrations;
  const named = new Set(paths.map((one) => path.normalize(one)));
  const newest = new Map(migrations.map((one) => [folderOf(one.migration), one]));
  return migrations.filter((one) => named.has(one.migration.path) || newest.get(folderOf(one.migration)) === one);
}

/** The folder that holds all migrations. */
function folderOf({ path: file, format }: Migration): string {
  const folder = path.dirname(file);
  return format === 'prisma' ? path.dirname(folder) : folder;
}

/** A file that takes a migration back belongs to it as it was. */
function takenBack(names: readonly string[], own: string): readonly string[] {
  const down = `${own}.down.sql`;
  return names.includes(down) ? [`${down} takes back the migration as it was, and is not written anew.`] : [];
}

async function viewFolder(migration: Migration): Promise<FolderView & { readonly takenBack: readonly string[] }> {
  const folder = folderOf(migration);
  if (migration.code !== undefined) {
    const others = await otherClasses(folder, migration.code.name);
    return { others, text: await readText(migration.path), takenBack: [], drizzle: null };
  }
  const entries = await readdir(folder, { withFileTypes: true });
  const isFolders = migration.format === 'prisma';
  const names = entries
    .filter((entry) => (isFolders ? entry.isDirectory() : /\.sql$/i.test(entry.name)))
    .map(({ name }) => (isFolders ? name : name.replace(/(?:\.up|\.down)?\.sql$/i, '')));
  const own = migration.id.replace(/\.up$/, '');
  return {
    others: [...new Set(names)].filter((name) => name !== own).sort(),
    text: await readText(migration.path),
    takenBack: takenBack(
      entries.map(({ name }) => name),
      own,
    ),
    drizzle: migration.format === 'drizzle' ? await viewDrizzle(folder, migration.id) : null,
  };
}

/** Also those whose SQL cannot be read: they have their place in the order all the same. */
async function otherClasses(folder: string, own: string): Promise<readonly string[]> {
  const files = await readTypeormFolder(folder, await typeormFiles(folder));
  const names = files.flatMap((file) => knownMigration(file)?.code?.name ?? []);
  return names.filter((name) => name !== own);
}

async function viewDrizzle(folder: string, tag: string): Promise<DrizzleView> {
  const file = journalPath(folder);
  const journal = { path: file, text: await readText(file) };
  const number = leadingNumber(tag);
  const snapshotFile = path.join(path.dirname(file), `${number}_snapshot.json`);
  const text = number === null ? null : await readTextIfThere(snapshotFile);
  const snapshot: TextFile | null = text === null ? null : { path: snapshotFile, text };
  return { journal, snapshot };
}

async function readText(file: string): Promise<string> {
  const text = await readTextIfThere(file);
  if (text !== null) return text;
  throw new SourceError(`${file} is not there any more.`, { nextCommand: `ls -l ${path.dirname(file)}` });
}

/** null when there is no such file; what is there and cannot be read is an error. */
async function readTextIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw new SourceError(`${file} cannot be read: ${reasonOf(cause)}.`, { cause, nextCommand: `ls -l ${file}` });
  }
}

function notesOn(files: readonly StepFile[], migration: Migration): readonly string[] {
  const bounded = files.filter(({ body }) => body.isBounded).map(({ step }) => step.id);
  if (bounded.length === 0) return [];
  return [
    `${migration.format} runs everything in one transaction: on a large table the files of ${bounded.join(', ')} end ` +
      'after one second, and change nothing. evenkeel apply runs the same files however large the tables are.',
    ...wayOut(migration),
  ];
}

/** TypeORM has a mode in which a class can stay outside of every transaction. */
function wayOut({ code }: Migration): readonly string[] {
  if (code === undefined) return [];
  const { dataSource } = code;
  const where = dataSource === null ? 'in the data source' : `at ${dataSource.path}:${dataSource.line}`;
  return [
    `With migrationsTransactionMode: 'each' ${where}, and the plan written anew, TypeORM itself builds indexes ` +
      'CONCURRENTLY and commits backfills batch by batch.',
  ];
}

/** What is new comes first, and what the tool goes by last: whoever looks in between finds nothing that is half there. */
async function writeAll(files: readonly WrittenFile[]): Promise<void> {
  for (const file of files.filter(({ action }) => action === 'create')) await writeOne(file, 'wx');
  for (const file of files.filter(({ action }) => action === 'replace')) await writeOne(file, 'w');
}

async function writeOne(file: WrittenFile, flag: 'w' | 'wx'): Promise<void> {
  try {
    await mkdir(path.dirname(file.path), { recursive: true });
    await writeFile(file.path, file.text, { flag });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') {
      throw new UsageError(`${file.path} is there already, and is not overwritten.`, {
        cause,
        nextCommand: `rm ${file.path}, then run the same command again`,
      });
    }
    throw new SourceError(`${file.path} cannot be written: ${reasonOf(cause)}.`, {
      cause,
      nextCommand: `ls -ld ${path.dirname(file.path)}`,
    });
  }
}
