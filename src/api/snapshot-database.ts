import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { DatabaseTarget } from '../db/database-target.ts';
import { openSession } from '../db/open-session.ts';
import { EvenkeelError, SourceError } from '../model/error.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { parseSnapshot } from '../snapshot/parse-snapshot.ts';
import { readSnapshot } from '../snapshot/read-snapshot.ts';
import { snapshotJson } from '../snapshot/snapshot-json.ts';

export interface SnapshotOptions {
  /** The server to look at; only read. */
  readonly databaseUrl: DatabaseTarget;
  /** The file to write; null to write none. Rates that somebody wrote into it stay. */
  readonly output: string | null;
  /** How long to count the calls of tables, ms; 0 for the average alone. */
  readonly sampleMs: number;
}

/** A snapshot, and the text that its file holds. */
export interface TakenSnapshot {
  readonly snapshot: Snapshot;
  readonly json: string;
}

/** Longer than any statement of ours should take, and shorter than a table would notice. */
const SETTINGS = { default_transaction_read_only: 'on', statement_timeout: '30s', lock_timeout: '100ms' };

/**
 * Writes down the schema of a live server, how big and how busy it is, and how it is set: what `check`, `explain` and
 * `plan` take for `--schema`. Reads only, waits behind no lock, and takes no row of a table.
 *
 * @throws UsageError, ConnectionError, PrivilegeError; SourceError when the file cannot be written; DatabaseError when
 * the server's own catalogs are locked.
 * @example await snapshotDatabase({ databaseUrl, output: 'evenkeel.snapshot.json', sampleMs: 2_000 });
 */
export async function snapshotDatabase(options: SnapshotOptions): Promise<TakenSnapshot> {
  const calibration = options.output === null ? undefined : await calibrationIn(options.output);
  const connection = await openSession(options.databaseUrl, {
    applicationName: 'evenkeel:snapshot',
    settings: SETTINGS,
  });
  try {
    const read = await readSnapshot(connection, { sampleMs: options.sampleMs });
    const snapshot = calibration === undefined ? read : { ...read, calibration };
    const json = snapshotJson(snapshot);
    if (options.output !== null) await replaceFile(options.output, json);
    return { snapshot, json };
  } finally {
    await connection.close();
  }
}

/** The rates of a snapshot that is about to be taken anew; a file that is something else is not written over. */
async function calibrationIn(path: string): Promise<Snapshot['calibration']> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new SourceError(`${path} is there, and cannot be read.`, { cause: error, nextCommand: `ls -l ${path}` });
  }
  try {
    return text.trim() === '' ? undefined : parseSnapshot(text, path).calibration;
  } catch (error) {
    if (!(error instanceof EvenkeelError)) throw error;
    throw new SourceError(`${path} is not written over, as it is no snapshot of this release: ${error.message}`, {
      cause: error,
      nextCommand: `move ${path} away, or give another --output`,
    });
  }
}

/** All of it or nothing: who reads the file meanwhile sees the old one. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new SourceError(`The snapshot cannot be written to ${path}${code}.`, {
      cause,
      nextCommand: 'give an --output in a folder that is there and may be written',
    });
  }
}
