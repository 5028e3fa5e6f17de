import path from 'node:path';
import { UsageError } from '../model/error.ts';
import type { Migration } from '../model/migration.ts';
import type { WrittenFile } from '../model/written-plan.ts';
import { drizzleBooks } from './drizzle-books.ts';
import { followingNames } from './file-names.ts';
import type { StepFile } from './step-files.ts';
import { classFileName, followingClassNames, timeOf } from './typeorm-names.ts';

/** What lies around a migration. */
export interface FolderView {
  /** Names of the other migrations of its folder: without ending, or of the folders or classes where each has one. */
  readonly others: readonly string[];
  /** The file of the migration itself. */
  readonly text: string;
  /** Where Drizzle keeps its books. */
  readonly drizzle: DrizzleView | null;
}

export interface DrizzleView {
  readonly journal: TextFile;
  /** The schema as it is after the migration; null when there is none. */
  readonly snapshot: TextFile | null;
}

export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Where the files of a plan go. Instead of the migration, the first takes its place and its name, the others follow it;
 * beside it, all of them follow it. Pure.
 *
 * @throws UsageError when a newer migration stands where they would have to.
 */
export function placeFiles(
  files: readonly StepFile[],
  migration: Migration,
  folder: FolderView,
  isInstead: boolean,
): readonly WrittenFile[] {
  const name = nameOf(migration);
  const following = files.slice(isInstead ? 1 : 0).map(({ words }) => words);
  const names = namesBehind(migration, following, folder.others);
  if (names === null) throw noRoom(migration, folder);
  const all = isInstead ? [name, ...names] : names;
  const written = files.map(({ text, step }, index): WrittenFile => {
    const isReplaced = isInstead && index === 0;
    const own = all[index] ?? name;
    return {
      path: isReplaced ? migration.path : pathOf(migration, own),
      action: isReplaced ? 'replace' : 'create',
      text: text(own),
      before: isReplaced ? folder.text : null,
      step,
    };
  });
  if (folder.drizzle === null) return written;
  const books = drizzleBooks(folder.drizzle, { tag: name, following: names });
  if (books === null) throw noRoom(migration, folder);
  return [...written, ...books];
}

/** By which the tool knows it: the file without its ending, the folder, or the class. */
function nameOf({ id, code }: Migration): string {
  return code?.name ?? id.replace(UP, '');
}

function namesBehind(
  migration: Migration,
  words: readonly string[],
  others: readonly string[],
): readonly string[] | null {
  const follow = migration.code === undefined ? followingNames : followingClassNames;
  return follow(nameOf(migration), words, others);
}

const UP = /\.up$/;

function pathOf(migration: Migration, name: string): string {
  const folder = path.dirname(migration.path);
  if (migration.format === 'prisma') return path.join(path.dirname(folder), name, path.basename(migration.path));
  if (migration.code !== undefined) return path.join(folder, classFileName(name) + path.extname(migration.path));
  const ending = UP.test(migration.id) ? '.up.sql' : path.extname(migration.path);
  return path.join(folder, `${name}${ending}`);
}

function noRoom(migration: Migration, { others }: FolderView): UsageError {
  const name = nameOf(migration);
  const isLater = (other: string): boolean =>
    migration.code === undefined ? other > name : timeOf(other) > timeOf(name);
  const newer = others.filter(isLater);
  const by = newer.length > 0 ? ` (${newer[0]})` : '';
  return new UsageError(
    `The plan of ${migration.path} needs files behind it, and newer migrations stand there already${by}.`,
    { nextCommand: `make ${name} the newest migration of its folder, and run the same command again` },
  );
}
