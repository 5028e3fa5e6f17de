import type { DatabaseTarget } from '../db/database-target.ts';
import { describeDatabase } from '../db/describe-database.ts';
import { openSession } from '../db/open-session.ts';
import type { Migration } from '../model/migration.ts';
import type { GateStep } from '../model/plan.ts';
import type { StatusReport } from '../model/report.ts';
import type { MigrationRecord } from '../model/run-record.ts';
import { type LedgerContents, readLedger } from '../run/read-ledger.ts';
import { readKnownMigrations } from '../source/read-migrations.ts';
import { explainDenied } from './explain-denied.ts';
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
    const rows = [
      ...migrations.map((migration) => rowOf(migration, ledger, elsewhere)),
      ...(migrations.length === 0 ? ledger.migrations.map(recordRow) : missingRows(options.paths, migrations, ledger)),
    ];
    return {
      kind: 'status',
      version: 1,
      database: describeDatabase(options.databaseUrl),
      ledgerExists: ledger.exists,
      runner: ledger.runner,
      migrations: rows,
      nextCommand: nextCommand(rows, options.paths[0], ledger),
    };
  } finally {
    await connection.close();
  }
}

function rowOf(migration: Migration, ledger: LedgerContents, elsewhere: ReadonlySet<string>): Row {
  const { id, path } = migration;
  const record = ledger.migrations.find((one) => one.id === id) ?? null;
  if (record === null) {
    return elsewhere.has(id)
      ? {
          id,
          path,
          state: 'applied',
          record,
          note: `applied by ${migration.foreignLedgerRow?.tool ?? 'another tool'}, not by Evenkeel`,
        }
      : { id, path, state: 'pending', record, note: null };
  }
  if (record.checksum !== migration.checksum && record.state === 'applied') {
    return { id, path, state: 'edited', record, note: 'the file was edited after it was applied' };
  }
  return { id, path, state: record.state, record, note: noteOf(record, ledger) };
}

function recordRow(record: MigrationRecord): Row {
  return { id: record.id, path: record.path, state: record.state, record, note: null };
}

function missingRows(
  paths: readonly string[],
  migrations: readonly Migration[],
  ledger: LedgerContents,
): readonly Row[] {
  const note = 'the ledger knows it, but there is no such file';
  return missingRecords(paths, migrations, ledger).map((record) => ({ ...recordRow(record), state: 'missing', note }));
}

function noteOf(record: MigrationRecord, ledger: LedgerContents): string | null {
  const failed = record.steps.find((step) => step.state === 'failed');
  if (record.state === 'failed' && failed !== undefined) return `${failed.id}: ${failed.message ?? 'failed'}`;
  return record.state === 'gated' ? (closedGate(record, ledger)?.deploy ?? null) : null;
}

/** The gate that a migration waits at: the first one of its plan that nobody has opened. */
function closedGate(record: MigrationRecord, ledger: LedgerContents): GateStep | null {
  const stored = ledger.storedPlans.find((one) => one.migration.id === record.id)?.migration;
  const isOpen = (gate: GateStep): boolean =>
    record.steps.some((step) => step.id === gate.id && step.state === 'passed');
  return stored?.steps.find((step): step is GateStep => step.kind === 'gate' && !isOpen(step)) ?? null;
}

function nextCommand(rows: readonly Row[], path: string | undefined, ledger: LedgerContents): string | null {
  if (rows.some((row) => row.state === 'edited' || row.state === 'missing'))
    return 'restore the files as they were applied';
  const first = rows.find((row) => row.state !== 'applied');
  if (first === undefined) return null;
  const base = `evenkeel apply ${path ?? '<folder>'}`;
  const gate = first.state === 'gated' && first.record !== null ? closedGate(first.record, ledger) : null;
  return gate === null ? base : `${base} --past-gate ${first.id}:${gate.id}`;
}
