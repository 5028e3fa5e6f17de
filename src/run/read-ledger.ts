import type { PassCursor } from '../backfill/pass-cursor.ts';
import type { Connection } from '../db/connection.ts';
import type { MigrationRecord, StepRecord } from '../model/run-record.ts';
import { CLEAN_UP_PREFIX } from './clean-up-id.ts';
import type { StoredMigrationPlan } from './ledger.ts';
import { assertNotNewer, ledgerExists } from './ledger-schema.ts';
import { findRunner } from './runner-lock.ts';

export interface LedgerContents {
  readonly exists: boolean;
  /** Who holds the runner lock right now, or null. */
  readonly runner: { readonly pid: number; readonly since: string } | null;
  /** Migrations that began, in the order of their plans; without those that were given up. */
  readonly migrations: readonly MigrationRecord[];
  /** Those that were given up: for a run it is as if they had never begun. */
  readonly abandoned: readonly MigrationRecord[];
  /** The plans of all migrations that a run was ever given, those that have not begun included, in order. */
  readonly storedPlans: readonly StoredPlan[];
  /** What was typed for the run that last had a migration in hand, by migration; the older ledgers do not know it. */
  readonly commandLines: Readonly<Record<string, string>>;
  /** Cursors of backfills under way, by `<migration>:<step>`. */
  readonly cursors: Readonly<Record<string, PassCursor>>;
}

interface StoredPlan extends StoredMigrationPlan {
  /** `planned`: not begun yet. */
  readonly state: 'planned' | Exclude<MigrationRecord['state'], 'abandoned'>;
}

interface MigrationRow {
  readonly id: string;
  readonly path: string;
  readonly checksum: string;
  readonly state: 'planned' | MigrationRecord['state'];
  readonly plan: string;
  readonly applied_at: string | null;
  readonly command_line: string | null;
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

function isoSql(column: string, name = column): string {
  return `pg_catalog.to_char(${column} AT TIME ZONE 'UTC', ${ISO}) AS ${name}`;
}

/**
 * Reads the ledger of a database; nothing is written or locked. A database without one has an empty ledger, and one of
 * an older Evenkeel is read as it is.
 *
 * @throws LedgerMismatchError when a newer Evenkeel wrote it.
 */
export async function readLedger(connection: Connection): Promise<LedgerContents> {
  if (!(await ledgerExists(connection))) {
    return {
      exists: false,
      runner: null,
      migrations: [],
      abandoned: [],
      storedPlans: [],
      commandLines: {},
      cursors: {},
    };
  }
  await assertNotNewer(connection);
  const rows = await connection.query<MigrationRow>(
    // By JSON, as the runs of an older ledger have no such column.
    `SELECT m.id, m.path, m.checksum, m.state, m.plan::text, ${isoSql('m.applied_at', 'applied_at')},
       pg_catalog.to_jsonb(r) ->> 'command_line' AS command_line
     FROM evenkeel.migration m LEFT JOIN evenkeel.run r ON r.id = m.run
     WHERE NOT starts_with(m.id, $1) ORDER BY m.place`,
    [CLEAN_UP_PREFIX],
  );
  const steps = await connection.query<StepRow>(
    `SELECT migration, id, ordinal, state, attempts, ${isoSql('started_at')}, ${isoSql('finished_at')},
       sqlstate, message, rows_done::text, cursor::text FROM evenkeel.step ORDER BY migration, ordinal`,
  );
  const holder = await findRunner(connection);
  const cursors = steps.flatMap(({ migration, id, cursor }) =>
    cursor === null ? [] : [[`${migration}:${id}`, JSON.parse(cursor) as PassCursor] as const],
  );
  const records = rows.flatMap((row) => (row.state === 'planned' ? [] : [migrationRecord(row, row.state, steps)]));
  return {
    exists: true,
    runner: holder === null ? null : { pid: holder.pid, since: holder.since },
    migrations: records.filter(({ state }) => state !== 'abandoned'),
    abandoned: records.filter(({ state }) => state === 'abandoned'),
    storedPlans: rows.flatMap(({ plan, state }) =>
      state === 'abandoned' ? [] : [{ ...(JSON.parse(plan) as StoredMigrationPlan), state }],
    ),
    commandLines: Object.fromEntries(
      rows.flatMap(({ id, command_line: words }) => (words === null ? [] : [[id, words] as const])),
    ),
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
