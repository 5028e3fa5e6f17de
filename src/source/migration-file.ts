import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EncodingError, MigrationCodeError, SourceError } from '../model/error.ts';
import type { ForeignLedgerRow, Migration, SourceFormat } from '../model/migration.ts';
import type { TransactionScope } from '../model/transaction-unit.ts';

const BYTE_ORDER_MARK = '\uFEFF';
const REPLACEMENT = '\uFFFD';

/** A migration, or why its file is no text, or no SQL can be told from its code. */
export type MigrationFile = Migration | EncodingError | MigrationCodeError;

export function isMigration(file: MigrationFile): file is Migration {
  return !(file instanceof EncodingError) && !(file instanceof MigrationCodeError);
}

/** What is known of a migration, its SQL included only where it can be read; null when not even its name is known. */
export function knownMigration(file: MigrationFile): Migration | null {
  if (isMigration(file)) return file;
  return file instanceof MigrationCodeError ? file.known : null;
}

/** The error instead of a rejection when a file is no text: the files beside it are worth reading. */
export async function orEncodingError(reading: Promise<Migration>): Promise<MigrationFile> {
  return reading.catch((error: unknown) => {
    if (error instanceof EncodingError) return error;
    throw error;
  });
}

/** How the file's tool wants it noted; computed from the checksum because Drizzle's hash is the same sha256. */
export interface MigrationFileOptions {
  readonly format: SourceFormat;
  readonly transaction: TransactionScope;
  readonly foreignLedgerRow: ((checksum: string) => ForeignLedgerRow) | null;
}

/**
 * Reads one `.sql` file. The id is its name without folder and ending; a byte order mark is no part of the SQL, but it
 * is part of the checksum, which is taken over the bytes.
 *
 * @throws SourceError when the file cannot be read, EncodingError when it is not UTF-8.
 */
export async function readMigrationFile(file: string, options: MigrationFileOptions): Promise<Migration> {
  const bytes = await readBytes(file);
  const text = decode(file, bytes);
  const checksum = createHash('sha256').update(bytes).digest('hex');
  return {
    id: path.basename(file).replace(/\.sql$/i, ''),
    path: file,
    sql: text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text,
    checksum,
    format: options.format,
    transaction: options.transaction,
    foreignLedgerRow: options.foreignLedgerRow?.(checksum) ?? null,
  };
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new SourceError(`${file} cannot be read: ${reasonOf(cause)}.`, {
      cause,
      nextCommand: `ls -l ${file}`,
    });
  }
}

function decode(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const likely = looksLike(bytes);
    const mend = likely === 'binary' ? `take ${file} out of the migrations` : `save ${file} as UTF-8`;
    throw new EncodingError(
      `${file} is not valid UTF-8${likely === null ? '' : ` but ${likely}`}, so its SQL cannot be read without guessing.`,
      { path: file, ...firstInvalid(bytes) },
      { cause, nextCommand: `${mend}, then run the same command again` },
    );
  }
}

/** What the bytes may be instead, where that shows. */
function looksLike(bytes: Buffer): 'UTF-16' | 'binary' | null {
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') return 'UTF-16';
  return bytes.subarray(0, 8000).includes(0) ? 'binary' : null;
}

/** Line and column, from 1, of the first byte that is no UTF-8; columns are UTF-16 code units. */
function firstInvalid(bytes: Buffer): { readonly line: number; readonly column: number } {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  let end = text.indexOf(REPLACEMENT);
  // A file may hold the replacement character itself.
  while (
    end >= 0 &&
    bytes.indexOf(REPLACEMENT, Buffer.byteLength(text.slice(0, end))) === Buffer.byteLength(text.slice(0, end))
  ) {
    end = text.indexOf(REPLACEMENT, end + 1);
  }
  const lines = text.slice(text.startsWith(BYTE_ORDER_MARK) ? 1 : 0, end).split(/\r\n|\n|\r/);
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

/** The reason in a file system error, in words. */
export function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'it does not exist',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of its path is not a folder',
    ELOOP: 'its links go round in a circle',
  };
  return words[code] ?? (cause instanceof Error ? cause.message : String(cause));
}
