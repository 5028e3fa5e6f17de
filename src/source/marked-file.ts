import type { Migration, SourceFormat } from '../model/migration.ts';
import type { TransactionScope } from '../model/transaction-unit.ts';
import { readMigrationFile } from './migration-file.ts';

/** The part of a file that its tool runs to apply it, and how. */
interface MarkedPart {
  readonly format: SourceFormat;
  /** UTF-16 offsets in the text. */
  readonly start: number;
  readonly end: number;
  readonly transaction: TransactionScope;
  readonly isOneMessage?: true;
}

/**
 * Reads a `.sql` file that lies in no folder of a tool of its own. Comments that dbmate, goose and node-pg-migrate go by
 * tell whose it is: what takes the migration back then becomes spaces, so that every place in the file stays where it is.
 *
 * @throws SourceError when the file cannot be read, EncodingError when it is not UTF-8.
 */
export async function readMarkedFile(file: string): Promise<Migration> {
  const migration = await readMigrationFile(file, { format: 'sql', transaction: 'statement', foreignLedgerRow: null });
  const part = dbmatePart(migration.sql) ?? goosePart(migration.sql) ?? nodePgMigratePart(migration.sql);
  if (part === null) return migration;
  const { format, transaction, isOneMessage } = part;
  const sql = onlyPart(migration.sql, part);
  return { ...migration, sql, format, transaction, ...(isOneMessage === true ? { isOneMessage } : {}) };
}

/** Read in dbmate's `migration.go`: options stand on the line of the marker. */
function dbmatePart(text: string): MarkedPart | null {
  const up = /^--[^\S\n]*migrate:up(?=\s|$)(.*)$/m.exec(text);
  if (up === null) return null;
  const down = /^--[^\S\n]*migrate:down(?=\s|$)/m.exec(text);
  const place = { format: 'dbmate', start: up.index, end: endOf(text, up.index, down?.index) } as const;
  const isSwitchedOff = /\stransaction:false(?=\s|$)/.test(up[1] ?? '');
  // Its driver sends the section as one message: two statements are a transaction all the same.
  return isSwitchedOff ? { ...place, transaction: 'statement', isOneMessage: true } : { ...place, transaction: 'file' };
}

/** Read in goose's `parser.go`: a marker is a line of its own, and statements are sent one by one. */
function goosePart(text: string): MarkedPart | null {
  const up = gooseMarker(text, 'Up');
  if (up === null) return null;
  const end = endOf(text, up, gooseMarker(text, 'Down') ?? undefined);
  const isSwitchedOff = gooseMarker(text, 'NO TRANSACTION') !== null;
  return { format: 'goose', start: up, end, transaction: isSwitchedOff ? 'statement' : 'file' };
}

function gooseMarker(text: string, word: string): number | null {
  return new RegExp(`^--[^\\S\\n]*\\+goose ${word}[^\\S\\n]*$`, 'm').exec(text)?.index ?? null;
}

/**
 * Read in node-pg-migrate's `sqlMigration.ts`, which takes any comment that begins with these words. Alone, one that is
 * not written as the tool writes it may be prose of a plain file.
 */
function nodePgMigratePart(text: string): MarkedPart | null {
  const up = /^\s*--[\s-]*up\s+migration/im.exec(text);
  if (up === null) return null;
  const down = /^\s*--[\s-]*down\s+migration/im.exec(text);
  if (down === null && !/^-- Up Migration[^\S\n]*$/m.test(text)) return null;
  return { format: 'node-pg-migrate', start: up.index, end: endOf(text, up.index, down?.index), transaction: 'run' };
}

function endOf(text: string, start: number, down: number | undefined): number {
  return down === undefined || down < start ? text.length : down;
}

/** Comments before the part stay: they may be meant for Evenkeel. */
function onlyPart(text: string, { start, end }: MarkedPart): string {
  const before = text.slice(0, start).replaceAll(/^(?!\s*--).*$/gm, blank);
  return before + text.slice(start, end) + blank(text.slice(end));
}

function blank(text: string): string {
  return text.replaceAll(/[^\r\n]/g, ' ');
}
