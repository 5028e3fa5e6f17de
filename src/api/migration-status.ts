import type { Connection } from '../db/connection.ts';
import type { DatabaseTarget } from '../db/database-target.ts';
import { describeDatabase } from '../db/describe-database.ts';
import { openSession } from '../db/open-session.ts';
import type { Migration } from '../model/migration.ts';
import type { MigrationSituation } from '../model/migration-situation.ts';
import type { StatusReport } from '../model/report.ts';
import type { MigrationRecord } from '../model/run-record.ts';
import { type LedgerContents, readLedger } from '../run/read-ledger.ts';
import { readKnownMigrations } from '../source/read-migrations.ts';
import { lastWait } from '../watch/last-wait.ts';
import { explainDenied } from './explain-denied.ts';
import { situationOf } from './migration-situation.ts';
import { missingRecords } from './missing-records.ts';
import { foreignApplied } from './read-progress.ts';

export interface StatusOptions {
  readonly paths: readonly string[];
  readonly databaseUrl: DatabaseTarget;
}

type Row = StatusReport['migrations'][number];

/** Where every migration stands on a server, by its ledger. Reads only. */
export async function migrationStatus(options: StatusOptions): Promise<StatusReport> {
  const migrations = options.paths.length === 0 ? [] : (await readKnownMigrations(options.paths)).migrations;
  const connection = await openSession(options.databaseUrl, {
    applicationName: 'evenkeel:status',
    settings: { default_transaction_read_only: 'on', statement_timeout: '10s', lock_timeout: '2s' },
  });
  try {
    const ledger = await explainDenied(readLedger(connection));
    const elsewhere = await explainDenied(foreignApplied(connection, migrations));
    const [path] = options.paths;
    const evidence = { ledger, elsewhere, situations: await situations(connection, ledger, path) };
    const rows = [
      ...migrations.map((migration) => rowOf(migration, evidence)),
      ...(migrations.length === 0
        ? [...ledger.migrations, ...ledger.abandoned].map((record) => recordRow(record, evidence))
        : missingRows(options.paths, migrations, evidence)),
    ];
    return {
      kind: 'status',
      version: 1,
      database: describeDatabase(options.databaseUrl),
      ledgerExists: ledger.exists,
      runner: ledger.runner,
      migrations: rows,
      nextCommand: nextCommand(rows, path),
    };
  } finally {
    await connection.close();
  }
}

/** Everything that a row is told from. */
interface Evidence {
  readonly ledger: LedgerContents;
  readonly elsewhere: ReadonlySet<string>;
  readonly situations: ReadonlyMap<string, MigrationSituation | null>;
}

/** Whom a migration waits for is asked only of those that a run has in hand, or had when it ended. */
async function situations(
  connection: Connection,
  ledger: LedgerContents,
  path: string | undefined,
): Promise<Evidence['situations']> {
  const found = new Map<string, MigrationSituation | null>();
  for (const record of ledger.migrations) {
    found.set(
      record.id,
      situationOf(record, {
        plan: ledger.storedPlans.find((one) => one.migration.id === record.id)?.migration ?? null,
        isRunnerAtWork: ledger.runner !== null,
        blockers: record.state === 'running' ? await explainDenied(lastWait(connection, record.id)) : [],
        runCommand:
          path === undefined ? (ledger.commandLines[record.id] ?? 'evenkeel resume') : `evenkeel apply ${path}`,
      }),
    );
  }
  return found;
}

function rowOf(migration: Migration, evidence: Evidence): Row {
  const { id, path } = migration;
  const { ledger, elsewhere } = evidence;
  const base = { id, path, situation: null };
  const record = ledger.migrations.find((one) => one.id === id) ?? null;
  if (record === null) {
    if (elsewhere.has(id)) {
      const note = `applied by ${migration.foreignLedgerRow?.tool ?? 'another tool'}, not by Evenkeel`;
      return { ...base, state: 'applied', record, note };
    }
    const abandoned = ledger.abandoned.find((one) => one.id === id);
    return abandoned === undefined ? { ...base, state: 'pending', record, note: null } : recordRow(abandoned, evidence);
  }
  if (record.checksum !== migration.checksum && record.state === 'applied') {
    return { ...base, state: 'edited', record, note: 'the file was edited after it was applied' };
  }
  return { ...recordRow(record, evidence), path };
}

function recordRow(record: MigrationRecord, { situations: found }: Evidence): Row {
  const { id, path, state } = record;
  const note = state === 'abandoned' ? 'given up: apply begins it anew, or remove its file' : noteOf(record);
  return { id, path, state, record, note, situation: found.get(id) ?? null };
}

function missingRows(paths: readonly string[], migrations: readonly Migration[], evidence: Evidence): readonly Row[] {
  const note = 'the ledger knows it, but there is no such file';
  return missingRecords(paths, migrations, evidence.ledger).map((record) => ({
    ...recordRow(record, evidence),
    state: 'missing',
    note,
  }));
}

function noteOf(record: MigrationRecord): string | null {
  const failed = record.steps.find((step) => step.state === 'failed');
  return record.state === 'failed' && failed !== undefined ? `${failed.id}: ${failed.message ?? 'failed'}` : null;
}

function nextCommand(rows: readonly Row[], path: string | undefined): string | null {
  if (rows.some((row) => row.state === 'edited' || row.state === 'missing'))
    return 'restore the files as they were applied';
  const first = rows.find((row) => row.state !== 'applied' && !(row.state === 'abandoned' && path === undefined));
  return first === undefined ? null : (first.situation?.nextCommand ?? `evenkeel apply ${path ?? '<folder>'}`);
}
