import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { MigrationCodeError, SourceError } from '../model/error.ts';
import type { Migration, TransactionMode, TypeormLedgerRow } from '../model/migration.ts';
import { partOfSpan } from '../model/span.ts';
import type { TransactionScope } from '../model/transaction-unit.ts';
import { type CodeProblem, type CodeTree, codeProblem, isProblem, isTypescript, parseCode } from './code-tree.ts';
import {
  isMigration,
  knownMigration,
  type MigrationFile,
  orEncodingError,
  readMigrationFile,
} from './migration-file.ts';
import { blank, sqlInPlace } from './sql-in-place.ts';
import { type MigrationClass, migrationClasses } from './typeorm-class.ts';
import { readTypeormOptions, type TypeormOptions } from './typeorm-options.ts';
import { readQueries } from './typeorm-queries.ts';
import { FILE_START } from './typeorm-settings.ts';
import type { WrittenText } from './written-text.ts';

const CODE_FILE = /(?<!\.d)\.[mc]?[tj]s$/i;
/** As `typeorm migration:generate` and `migration:create` name what they write. */
const GENERATED_NAME = /^\d{13}-/;

/** Whether a file is code at all. */
export function isCodeFile(file: string): boolean {
  return CODE_FILE.test(file);
}

/** The files of a folder that are TypeORM's by their name, or by what they say; those beside them are none. */
export async function typeormFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory() && isCodeFile(entry.name)).map(({ name }) => name);
  const found = await Promise.all(
    names.map(async (name) => GENERATED_NAME.test(name) || (await saysMigration(path.join(folder, name)))),
  );
  const files = names.filter((_name, index) => found[index] === true);
  // What was compiled beside its source is the same migration.
  const sources = new Set(files.filter(isTypescript).map(stemOf));
  return files.filter((name) => isTypescript(name) || !sources.has(stemOf(name))).sort();
}

async function saysMigration(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return /\bimplements\b[^{]*\bMigrationInterface\b|@implements\s*\{MigrationInterface\}/.test(text);
}

function stemOf(file: string): string {
  return path.basename(file).replace(CODE_FILE, '');
}

/** What is known of a file before the others of its folder are. */
interface ReadFile {
  /** With the whole text of the file in place of its SQL. */
  readonly file: Migration;
  readonly found: MigrationClass | CodeProblem;
  readonly comments: CodeTree['comments'];
}

/**
 * Reads the migrations of a folder of TypeORM in the order in which it runs them, by the time at the end of their names.
 * Nothing of the code is run: the SQL of `up` is taken where it stands, with spaces around it, so that every place is one
 * of the file. What runs in one transaction hangs on the class and on the data source, where that can be found; without
 * one, a class with `transaction` tells that the mode is not `all`, as TypeORM would refuse it there (read in typeorm
 * 1.1.1, `MigrationExecutor.js`).
 *
 * @param files names in the folder.
 * @returns an error in the place of each file that cannot be read.
 * @throws SourceError when two migrations have one name: TypeORM runs neither.
 */
export async function readTypeormFolder(folder: string, files: readonly string[]): Promise<readonly MigrationFile[]> {
  const read = await Promise.all(files.map((name) => readOrEncodingError(path.join(folder, name))));
  const options = await readTypeormOptions(folder);
  const mode = options.transactionMode ?? (read.some(overridesMode) ? 'each' : 'all');
  const migrations = read.map((one) => ('file' in one ? migrationOf(one, mode, options) : one));
  const ordered = migrations.sort((a, b) => timeOf(a) - timeOf(b));
  refuseSameNames(ordered);
  return ordered.map((one, index) => sameTime(one, ordered[index - 1]) ?? one);
}

/**
 * One file of such a folder.
 *
 * @throws SourceError when it holds no migration.
 */
export async function readTypeormFile(file: string): Promise<MigrationFile> {
  const folder = path.dirname(file);
  const files = await typeormFiles(folder);
  const migrations = await readTypeormFolder(folder, files);
  const found = migrations.find((one) => path.basename(one.path) === path.basename(file));
  if (found !== undefined) return found;
  throw new SourceError(`${file} is no .sql file, and no migration of TypeORM.`, { nextCommand: `ls ${folder}` });
}

async function readOrEncodingError(file: string): Promise<ReadFile | Exclude<MigrationFile, Migration>> {
  const options = { format: 'typeorm', transaction: 'run', foreignLedgerRow: null } as const;
  const read = await orEncodingError(readMigrationFile(file, options));
  if (!isMigration(read)) return read;
  const migration = { ...read, id: stemOf(file) };
  const tree = await parseCode(migration.sql, file);
  if (isProblem(tree)) return { file: migration, found: tree, comments: [] };
  return { file: migration, found: onlyClass(tree), comments: tree.comments };
}

function onlyClass(tree: CodeTree): MigrationClass | CodeProblem {
  const [found, second] = migrationClasses(tree);
  if (found === undefined) return codeProblem(0, 'There is no class with a method up in it.');
  if (second === undefined) return found;
  return codeProblem(
    second.node.start ?? 0,
    'A second migration stands in the file; each is read from a file of its own.',
  );
}

function overridesMode(read: object): boolean {
  return (
    'found' in read &&
    !isProblem(read.found) &&
    (read as ReadFile & { found: MigrationClass }).found.transaction !== null
  );
}

function migrationOf(
  { file, found, comments }: ReadFile,
  mode: TransactionMode,
  options: TypeormOptions,
): MigrationFile {
  if (isProblem(found)) return unreadable(file, found, null);
  const { name, transaction, up, exportedBy } = found;
  if (isProblem(name)) return unreadable(file, name, null);
  const row = ledgerRow(name, options);
  const known: Migration = {
    ...file,
    sql: '',
    transaction: scopeOf(mode, isProblem(transaction) ? null : transaction),
    foreignLedgerRow: typeof row === 'string' ? null : row,
    code: {
      name,
      transactionMode: mode,
      dataSource: options.dataSource,
      exportedBy,
      isTypescript: isTypescript(file.path),
      ...(typeof row === 'string' ? { ledgerProblem: row } : {}),
    },
  };
  if (isProblem(transaction)) return unreadable(file, transaction, known);
  if (isProblem(up)) return unreadable(file, up, known);
  const texts = readQueries(file.sql, up);
  if (isProblem(texts)) return unreadable(file, texts, known);
  const sql = onlySql(file.sql, texts, comments);
  if (isProblem(sql)) return unreadable(file, sql, known);
  // What the driver gets in one call is one message.
  const isOneMessage = known.transaction === 'statement' && texts.length === 1;
  return { ...known, sql, ...(isOneMessage ? { isOneMessage: true } : {}) };
}

/** Under `all` TypeORM refuses a class that says otherwise, before it runs anything. */
function scopeOf(mode: TransactionMode, transaction: boolean | null): TransactionScope {
  if (mode === 'all') return 'run';
  return (transaction ?? mode === 'each') ? 'file' : 'statement';
}

function ledgerRow(name: string, { ledger }: TypeormOptions): TypeormLedgerRow | string {
  if (typeof ledger === 'string') return ledger;
  return { tool: 'typeorm', ...ledger, name, timestampMs: Number(name.slice(-13)) };
}

/** Comments of the code that are meant for Evenkeel become comments of SQL, which begin with as many signs. */
function onlySql(code: string, texts: readonly WrittenText[], comments: CodeTree['comments']): string | CodeProblem {
  const pieces: { readonly start: number; readonly end: number; readonly sql: string }[] = [];
  for (const text of texts) {
    const sql = sqlInPlace(code, text);
    if (isProblem(sql)) return sql;
    pieces.push({ start: text.offsets[0] ?? text.end, end: text.end + 1, sql });
  }
  const last = pieces.at(-1)?.end ?? code.length;
  for (const { type, value, start, end } of comments ?? []) {
    if (type !== 'CommentLine' || !/^\s*evenkeel-/.test(value) || start == null || end == null) continue;
    const isInside = pieces.some((piece) => start < piece.end && end > piece.start);
    const isBehind = start > last && code.slice(last, start).includes('\n');
    if (!isInside && !isBehind) pieces.push({ start, end, sql: `--${value}` });
  }
  let sql = '';
  for (const piece of pieces.sort((a, b) => a.start - b.start)) {
    sql += blank(code.slice(sql.length, piece.start)) + piece.sql;
  }
  return sql + blank(code.slice(sql.length));
}

function unreadable(file: Migration, { at, why }: CodeProblem, known: Migration | null): MigrationCodeError {
  const { line, column } = partOfSpan(FILE_START, file.sql, at, at);
  return new MigrationCodeError(
    `${file.path}:${line}:${column}: ${why}`,
    { path: file.path, line, column, text: file.sql, known },
    {
      nextCommand: `write ${file.path}:${line} as await queryRunner.query(…) with its SQL, or apply it with npx typeorm migration:run; then run the same command again`,
    },
  );
}

/** What has no time comes first, so that it is told before what may hang on it. */
function timeOf(file: MigrationFile): number {
  return Number(knownMigration(file)?.code?.name.slice(-13) ?? 0);
}

function refuseSameNames(files: readonly MigrationFile[]): void {
  const seen = new Map<string, string>();
  for (const known of files.map(knownMigration)) {
    if (known?.code === undefined) continue;
    const { name } = known.code;
    const other = seen.get(name);
    if (other !== undefined) {
      throw new SourceError(`${other} and ${known.path} both hold the migration ${name}, and TypeORM runs neither.`, {
        nextCommand: `give the migration in ${known.path} a name and a time of its own`,
      });
    }
    seen.set(name, known.path);
  }
}

/** Of two that say the same time, nobody can tell which one TypeORM will run first. */
function sameTime(file: MigrationFile, before: MigrationFile | undefined): MigrationCodeError | null {
  const known = knownMigration(file);
  if (!isMigration(file) || known?.code === undefined || before === undefined) return null;
  if (timeOf(file) !== timeOf(before)) return null;
  const why = `${before.path} has the same time in its name, ${known.code.name.slice(-13)}: which of the two runs first hangs on how they are found.`;
  const { sql: text, path: at } = file;
  return new MigrationCodeError(
    `${at}:1:1: ${why}`,
    { path: at, line: 1, column: 1, text, known: { ...known, sql: '' } },
    { nextCommand: `give the migration in ${at} a later time, unless a database has it already` },
  );
}
