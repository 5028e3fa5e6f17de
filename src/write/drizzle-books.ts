import { createHash } from 'node:crypto';
import path from 'node:path';
import { SourceError } from '../model/error.ts';
import type { WrittenFile } from '../model/written-plan.ts';
import { leadingNumber } from './file-names.ts';
import type { DrizzleView, TextFile } from './place-files.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * What drizzle-kit keeps beside its migrations, with the new files in it: the journal, by which the migrator goes, and a
 * snapshot for each, by which `drizzle-kit generate` finds out what has changed. As for a migration of one's own
 * (`generate --custom`), a snapshot repeats the one before it: the schema of the last file is the one that was meant.
 *
 * @returns null when the migration is not the newest of the journal.
 */
export function drizzleBooks(
  { journal, snapshot }: DrizzleView,
  names: { readonly tag: string; readonly following: readonly string[] },
): readonly WrittenFile[] | null {
  if (names.following.length === 0) return [];
  const changed = changedJournal(journal, names);
  if (changed === null) return null;
  const books: WrittenFile[] = [
    { path: journal.path, action: 'replace', text: changed, before: journal.text, step: null },
  ];
  let last: Json | null = snapshot === null ? null : readObject(snapshot);
  for (const tag of names.following) {
    const number = leadingNumber(tag);
    if (last === null || number === null) break;
    last = { ...last, id: identifierOf(tag, String(last['id'])), prevId: last['id'] };
    const file = path.join(path.dirname(journal.path), `${number}_snapshot.json`);
    books.push({ path: file, action: 'create', text: JSON.stringify(last, null, 2), before: null, step: null });
  }
  return books;
}

function changedJournal(
  journal: TextFile,
  { tag, following }: { readonly tag: string; readonly following: readonly string[] },
): string | null {
  const content = readObject(journal);
  const entries: readonly Json[] = Array.isArray(content['entries']) ? content['entries'] : [];
  const last = entries[entries.length - 1];
  if (last?.['tag'] !== tag) return null;
  // The migrator runs what is younger than the youngest that it has applied.
  const added = following.map((name, index) => ({
    ...last,
    idx: Number(last['idx']) + index + 1,
    when: Number(last['when']) + index + 1,
    tag: name,
    breakpoints: true,
  }));
  const text = JSON.stringify({ ...content, entries: [...entries, ...added] }, null, 2);
  return journal.text.endsWith('\n') ? `${text}\n` : text;
}

/** Its own for every file, and the same whenever the plan is written. */
function identifierOf(tag: string, previous: string): string {
  const hex = createHash('sha256').update(`${previous} ${tag}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

function readObject(file: TextFile): Json {
  const value: unknown = parse(file);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new SourceError(`${file.path} holds no JSON object.`, { nextCommand: `git log -p ${file.path}` });
}

function parse({ path: file, text }: TextFile): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SourceError(`${file} is not JSON.`, { cause, nextCommand: `git log -p ${file}` });
  }
}
