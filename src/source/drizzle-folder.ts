import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { SourceError } from '../model/error.ts';
import type { Migration } from '../model/migration.ts';
import { type MigrationFile, orEncodingError, readMigrationFile, reasonOf } from './migration-file.ts';

/** What Drizzle Kit 0.x writes about one migration. */
interface JournalEntry {
  readonly tag: string;
  readonly when: number;
}

const LEDGER = { tool: 'drizzle', schema: 'drizzle', table: '__drizzle_migrations' } as const;

/** Where the journal of a Drizzle folder lies. */
export function journalPath(folder: string): string {
  return path.join(folder, 'meta', '_journal.json');
}

/**
 * Reads a folder that drizzle-kit 0.x wrote: the journal tells which files there are and in which order. Each migration
 * carries the row that drizzle-orm's migrator would write into `drizzle.__drizzle_migrations`: sha256 of the file and
 * `when` of the journal (read in drizzle-orm 0.45.4, `migrator.js`).
 *
 * @throws SourceError when journal and files tell different stories.
 */
export async function readDrizzleFolder(folder: string): Promise<readonly MigrationFile[]> {
  const entries = await readJournal(folder);
  if (entries.length === 0) {
    throw new SourceError(`${journalPath(folder)} names no migration yet.`, {
      nextCommand: 'npx drizzle-kit generate',
    });
  }
  const files = new Set((await readdir(folder)).filter((name) => name.endsWith('.sql')));
  for (const entry of entries) {
    if (!files.delete(`${entry.tag}.sql`)) throw missingFile(folder, entry);
  }
  for (const name of files) throw missingEntry(folder, name);
  return Promise.all(entries.map((entry) => orEncodingError(readEntry(folder, entry))));
}

/**
 * Reads one file of a Drizzle folder, with the ledger row that its journal entry asks for.
 *
 * @throws SourceError when the journal does not know the file.
 */
export async function readDrizzleFile(file: string): Promise<Migration> {
  const folder = path.dirname(file);
  const tag = path.basename(file, '.sql');
  const entry = (await readJournal(folder)).find((candidate) => candidate.tag === tag);
  if (entry === undefined) throw missingEntry(folder, path.basename(file));
  return readEntry(folder, entry);
}

function readEntry(folder: string, entry: JournalEntry): Promise<Migration> {
  return readMigrationFile(path.join(folder, `${entry.tag}.sql`), {
    format: 'drizzle',
    // Its migrator runs all that is pending in one (drizzle-orm 0.45.4, `dialect.js`).
    transaction: 'run',
    foreignLedgerRow: (hash) => ({ ...LEDGER, hash, createdAtMs: entry.when }),
  });
}

async function readJournal(folder: string): Promise<readonly JournalEntry[]> {
  const file = journalPath(folder);
  const journal = parseJson(file, await readText(file));
  if (!isObject(journal) || !Array.isArray(journal['entries'])) {
    throw brokenJournal(file, 'it has no list of entries');
  }
  if (journal['dialect'] !== undefined && journal['dialect'] !== 'postgresql') {
    throw new SourceError(`${file} is of a ${String(journal['dialect'])} database, and Evenkeel reads PostgreSQL.`, {
      nextCommand: 'pass the folder that drizzle-kit writes for your PostgreSQL database',
    });
  }
  const entries = journal['entries'].map((entry, index) => readJournalEntry(file, entry, index));
  const tags = new Set<string>();
  for (const { tag } of entries) {
    if (tags.has(tag)) throw brokenJournal(file, `it names ${tag} twice`);
    tags.add(tag);
  }
  return entries;
}

function readJournalEntry(file: string, entry: unknown, index: number): JournalEntry {
  if (isObject(entry) && typeof entry['tag'] === 'string' && Number.isSafeInteger(entry['when'])) {
    return { tag: entry['tag'], when: Number(entry['when']) };
  }
  throw brokenJournal(file, `its entry ${index} has no tag or no time`);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new SourceError(`${file} cannot be read: ${reasonOf(cause)}.`, { cause, nextCommand: `ls -l ${file}` });
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw brokenJournal(file, 'it is not JSON', cause);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function brokenJournal(file: string, reason: string, cause?: unknown): SourceError {
  return new SourceError(`${file} is not a journal of drizzle-kit: ${reason}.`, {
    cause,
    nextCommand: `git log -p ${file}`,
  });
}

function missingFile(folder: string, entry: JournalEntry): SourceError {
  const file = path.join(folder, `${entry.tag}.sql`);
  return new SourceError(`${journalPath(folder)} names ${entry.tag}, but ${file} does not exist.`, {
    nextCommand: `git log -- ${file}`,
  });
}

function missingEntry(folder: string, name: string): SourceError {
  const file = path.join(folder, name);
  return new SourceError(`${file} is not named in ${journalPath(folder)}, so Drizzle would never run it.`, {
    nextCommand: 'npx drizzle-kit generate --custom, then move the SQL into the file that it makes',
  });
}
