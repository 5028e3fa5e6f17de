import type { PassCursor } from '../backfill/pass-cursor.ts';
import type { Connection } from '../db/connection.ts';
import type { MigrationRecord, StepRecord } from '../model/run-record.ts';
import type { StoredMigrationPlan } from './ledger.ts';
import { ledgerExists } from './ledger-schema.ts';
import { findRunner } from './runner-lock.ts';

export interface LedgerContents {
  readonly exists: boolean;
  /** Who holds the runner lock right now, or null. */
  readonly runner: { readonly pid: number; readonly since: string } | null;
  /** Migrations that began, in the order of their plans. */
  readonly migrations: readonly MigrationRecord[];
  /** The plans of all migrations that a run was ever given, those that have not begun included, in order. */
  readonly storedPlans: readonly StoredPlan[];
  /** Cursors of backfills under way, by `<migration>:<step>`. */
  readonly cursors: Readonly<Record<string, PassCursor>>;
}

interface StoredPlan extends StoredMigrationPlan {
  /** `planned`: not begun yet. */
  readonly state: 'planned' | MigrationRecord['state'];
}

interface MigrationRow {
  readonly id: string;
  readonly path: string;
  readonly checksum: string;
  readonly state: StoredPlan['state'];
  readonly plan: string;
  readonly applied_at: string | null;
}

interface StepRow {
  readonly migration: string;
  readonly id: string;
  readonly ordinal: number;
  readonly state: StepRecord['state'];
  readonly attempts: number;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly sqlstate: string | null;
  readonly message: string | null;
  readonly rows_done: string | null;
  readonly cursor: string | null;
}

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;

function isoSql(column: string): string {
  return `pg_catalog.to_char(${column} AT TIME ZONE 'UTC', ${ISO}) AS ${column}`;
}

/** Reads the ledger of a database; nothing is written or locked. A database without one has an empty ledger. */
export async function readLedger(connection: Connection): Promise<LedgerContents> {
  if (!(await ledgerExists(connection))) {
    return { exists: false, runner: null, migrations: [], storedPlans: [], cursors: {} };
  }
  const rows = await connection.query<MigrationRow>(
    `SELECT id, path, checksum, state, plan::text, ${isoSql('applied_at')} FROM evenkeel.migration ORDER BY place`,
  );
  const steps = await connection.query<StepRow>(
    `SELECT migration, id, ordinal, state, attempts, ${isoSql('started_at')}, ${isoSql('finished_at')},
       sqlstate, message, rows_done::text, cursor::text FROM evenkeel.step ORDER BY migration, ordinal`,
  );
  const holder = await findRunner(connection);
  const cursors = steps.flatMap(({ migration, id, cursor }) =>
    cursor === null ? [] : [[`${migration}:${id}`, JSON.parse(cursor) as PassCursor] as const],
  );
  return {
    exists: true,
    runner: holder === null ? null : { pid: holder.pid, since: holder.since },
    migrations: rows.flatMap((row) => (row.state === 'planned' ? [] : [migrationRecord(row, row.state, steps)])),
    storedPlans: rows.map((row) => ({ ...(JSON.parse(row.plan) as StoredMigrationPlan), state: row.state })),
    cursors: Object.fromEntries(cursors),
  };
}

function migrationRecord(
  row: MigrationRow,
  state: MigrationRecord['state'],
  steps: readonly StepRow[],
): MigrationRecord {
  const { id, path, checksum, applied_at: appliedAt } = row;
  const own = steps.filter(({ migration }) => migration === id);
  return { id, path, checksum, state, appliedAt, steps: own.map(stepRecord) };
}

function stepRecord(row: StepRow): StepRecord {
  const { id, ordinal, state, attempts, sqlstate, message } = row;
  const rowsDone = row.rows_done === null ? null : Number(row.rows_done);
  return {
    id,
    ordinal,
    state,
    attempts,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    sqlstate,
    message,
    rowsDone,
  };
}
