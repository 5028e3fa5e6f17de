import { readFile } from 'node:fs/promises';
import { type Calibration, DEFAULT_CALIBRATION } from '../model/calibration.ts';
import type { Catalog } from '../model/catalog.ts';
import { SourceError, UsageError } from '../model/error.ts';
import type { Migration } from '../model/migration.ts';
import type { AppliedMigration, Snapshot } from '../model/snapshot.ts';
import { measuredCatalog } from '../snapshot/measured-catalog.ts';
import { parseSnapshot } from '../snapshot/parse-snapshot.ts';
import { refuseEdited } from './read-progress.ts';

/** What a snapshot says about the schema that migrations meet. */
export interface LoadedSnapshot {
  /** The migrations that the snapshot does not know as applied, in order. */
  readonly pending: readonly Migration[];
  readonly catalog: Catalog;
  readonly serverMajor: number;
  readonly timeZone: string;
  readonly calibration: Calibration;
  /** In words, for reports. */
  readonly context: string;
}

/** A schema file in JSON is a snapshot, any other one is SQL. */
export function isSnapshotFile(path: string): boolean {
  return /\.json$/i.test(path);
}

/**
 * Reads a snapshot as the schema to judge migrations against.
 *
 * @param serverMajor what the user asked to judge for; null when nothing was said.
 * @throws SourceError when the file cannot be read or is no snapshot; UsageError when it is of another major than asked
 * for; LedgerMismatchError when a file was edited after it was applied.
 */
export async function loadSnapshot(
  path: string,
  migrations: readonly Migration[],
  serverMajor: number | null,
): Promise<LoadedSnapshot> {
  const snapshot = parseSnapshot(await readSnapshotFile(path), path);
  const { major } = snapshot.server;
  if (serverMajor !== null && serverMajor !== major) {
    throw new UsageError(`${path} is a snapshot of PostgreSQL ${major}, and --server-version says ${serverMajor}.`, {
      nextCommand: 'leave out --server-version',
    });
  }
  const pending = migrations.filter((migration) => !isApplied(migration, snapshot));
  const applied = migrations.length - pending.length;
  const taken = `taken ${snapshot.takenAt.slice(0, 16).replace('T', ' ')} UTC`;
  const progress = applied === 0 ? '' : `; ${applied} of ${migrations.length} files are applied`;
  return {
    pending,
    catalog: measuredCatalog(snapshot.catalog, snapshot.relations, snapshot.activity.sinceIsExact),
    serverMajor: major,
    timeZone: snapshot.timeZone,
    calibration: { ...DEFAULT_CALIBRATION, ...snapshot.calibration },
    context: `${path} (${taken}${progress})`,
  };
}

async function readSnapshotFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new SourceError(`The snapshot ${path} cannot be read.`, { cause, nextCommand: `ls ${path}` });
  }
}

function isApplied(migration: Migration, snapshot: Snapshot): boolean {
  const { id, foreignLedgerRow } = migration;
  for (const one of snapshot.applied) {
    if (one.ledger === 'evenkeel') {
      if (one.id !== id) continue;
      refuseEdited(migration, one.checksum);
      return true;
    }
    if (one.ledger === 'typeorm') {
      if (isTypeormRow(foreignLedgerRow, one)) return true;
      continue;
    }
    if (foreignLedgerRow?.tool !== 'drizzle') continue;
    const isSameLedger = foreignLedgerRow.schema === one.schema && foreignLedgerRow.table === one.table;
    const isSameRow = foreignLedgerRow.createdAtMs === one.createdAtMs || foreignLedgerRow.hash === one.hash;
    if (isSameLedger && isSameRow) return true;
  }
  return false;
}

function isTypeormRow(
  row: Migration['foreignLedgerRow'],
  { schema, table, name, isCurrentSchema }: Extract<AppliedMigration, { ledger: 'typeorm' }>,
): boolean {
  if (row?.tool !== 'typeorm' || row.table !== table || row.name !== name) return false;
  return row.schema === null ? isCurrentSchema : row.schema === schema;
}
