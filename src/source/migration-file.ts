import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SourceError } from '../model/error.ts';
import type { ForeignLedgerRow, Migration, SourceFormat } from '../model/migration.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/** How the file's tool wants it noted; computed from the checksum because Drizzle's hash is the same sha256. */
export interface MigrationFileOptions {
  readonly format: SourceFormat;
  readonly foreignLedgerRow: ((checksum: string) => ForeignLedgerRow) | null;
}

/**
 * Reads one `.sql` file. The id is its name without folder and ending; a byte order mark is no part of the SQL, but it
 * is part of the checksum, which is taken over the bytes.
 *
 * @throws SourceError when the file cannot be read or is not UTF-8.
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
    throw new SourceError(`${file} is not valid UTF-8, so its SQL cannot be read without guessing.`, {
      cause,
      nextCommand: `save ${file} as UTF-8, then run the same command again`,
    });
  }
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
