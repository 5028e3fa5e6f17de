import type { PassCursor } from '../backfill/pass-cursor.ts';
import type { Connection } from '../db/connection.ts';
import type { MigrationPlan, Plan } from '../model/plan.ts';
import type { RunEvent } from '../model/run-event.ts';
import type { AuditRecord } from '../model/run-record.ts';
import { quoteLiteral } from '../sql/postgres/quote.ts';
import { cleanUpId } from './clean-up-id.ts';
import type { StepAddress } from './command.ts';
import type { Ending } from './ending.ts';
import { foreignLedgerSql } from './foreign-ledger.ts';

/** What the ledger stores of the plan of one migration. */
export interface StoredMigrationPlan {
  readonly serverMajor: number;
  readonly fingerprint: string;
  readonly migration: MigrationPlan;
}

/** What a person decided about a step. */
interface Decision {
  readonly action: 'resolved' | 'forced';
  readonly reason: string | null;
  /** What the server said. */
  readonly probe: string;
}

/** One runner's hand on the ledger. Every write carries the fence, so a stale runner's writes fail. */
export interface Ledger {
  readonly run: string;
  readonly fence: string;
  /** The statements that write a finished step, to be sent inside the step's own transaction. */
  stepDoneSql(address: StepAddress, attempts: number): string;
  /** Whether the row of a finished step is there. */
  hasDone(address: StepAddress): Promise<boolean>;
  /** Remembers the plans of migrations that have not begun, so that a killed run goes on with the same plan. */
  storePlans(plan: Pick<Plan, 'serverMajor' | 'fingerprint'>, migrations: readonly MigrationPlan[]): Promise<void>;
  announceMigration(migration: string): Promise<void>;
  recordIntent(address: StepAddress, attempts: number): Promise<void>;
  recordPass(address: StepAddress, cursor: PassCursor | null): Promise<void>;
  recordStep(address: StepAddress, state: 'done' | 'passed', attempts: number, message: string | null): Promise<void>;
  /** Marks the migration applied, and writes the row that its own tool looks for, in one transaction. */
  finishMigration(migration: MigrationPlan): Promise<void>;
  recordEnding(address: StepAddress, ending: Ending): Promise<void>;
  /** Marks a step done because a person says so, and keeps the decision, in one transaction. */
  resolveStep(address: StepAddress, decision: Decision): Promise<void>;
  /** Marks a migration as being given up; what an earlier try to clear up has left in the ledger goes. */
  beginAbandoning(migration: string): Promise<void>;
  /** Marks it given up: its cursors go, and so does the work of clearing up. */
  finishAbandoning(migration: string): Promise<void>;
  appendEvents(events: readonly RunEvent[]): Promise<void>;
  heartbeat(): Promise<void>;
}

/**
 * Takes over as the one runner: the fence moves on, and whoever held the old one cannot write any more. The caller
 * holds the runner lock.
 *
 * @param commandLine what was typed, kept so that anybody can type it again; what looks like a password is left out.
 */
export async function takeLedger(connection: Connection, run: string, commandLine: string): Promise<Ledger> {
  const [row] = await connection.query<{ fence: string }>(
    `INSERT INTO evenkeel.runner AS r (fence, run, pid, started_at, heartbeat_at)
     VALUES (1, $1, pg_catalog.pg_backend_pid(), clock_timestamp(), clock_timestamp())
     ON CONFLICT (singleton) DO UPDATE SET fence = r.fence + 1, run = EXCLUDED.run, pid = EXCLUDED.pid,
       started_at = EXCLUDED.started_at, heartbeat_at = EXCLUDED.heartbeat_at
     RETURNING fence`,
    [run],
  );
  const fence = row?.fence ?? '0';
  await connection.execute(
    `${fenceSql(fence)}INSERT INTO evenkeel.run (id, command_line) VALUES (${quoteLiteral(run)}, ${quoteLiteral(withoutPasswords(commandLine))});`,
  );
  return makeLedger(connection, run, fence);
}

/** A program may have put anything there; a connection string keeps neither its user nor its password. */
function withoutPasswords(commandLine: string): string {
  return commandLine.replace(/:\/\/[^\s'"]*@/g, '://').replace(/\b((?:ssl)?password=)[^\s&'"]+/gi, '$1***');
}

function fenceSql(fence: string): string {
  return `SELECT evenkeel.require_fence(${fence});\n`;
}

function makeLedger(connection: Connection, run: string, fence: string): Ledger {
  // Several statements in one message are one transaction: the fence is held until all of them are committed.
  const write = (sql: string): Promise<void> => connection.execute(fenceSql(fence) + sql);
  return {
    run,
    fence,
    stepDoneSql: (address, attempts) => fenceSql(fence) + stepSql(address, { state: 'done', attempts, message: null }),
    hasDone: async (address) => {
      const rows = await connection.query(`SELECT FROM evenkeel.step WHERE ${stepIs(address)} AND state = 'done'`);
      return rows.length > 0;
    },
    storePlans: (plan, migrations) => write(plansSql(run, plan, migrations)),
    announceMigration: (migration) =>
      write(
        `UPDATE evenkeel.migration SET state = 'running', run = ${quoteLiteral(run)} WHERE id = ${quoteLiteral(migration)};`,
      ),
    recordIntent: (address) => write(stepSql(address, { state: 'intent', attempts: 0, message: null })),
    recordPass: (address, cursor) =>
      write(
        stepSql(address, { state: 'intent', attempts: 0, message: null }) +
          `UPDATE evenkeel.step SET cursor = ${cursor === null ? 'NULL' : `${quoteLiteral(JSON.stringify(cursor))}::jsonb`},
           rows_done = coalesce(rows_done, 0) WHERE ${stepIs(address)};`,
      ),
    recordStep: (address, state, attempts, message) => write(stepSql(address, { state, attempts, message })),
    finishMigration: async (migration) => {
      const foreign =
        migration.foreignLedgerRow === null ? '' : await foreignLedgerSql(connection, migration.foreignLedgerRow);
      const id = quoteLiteral(migration.id);
      await write(
        `${foreign}UPDATE evenkeel.migration SET state = 'applied', applied_at = clock_timestamp() WHERE id = ${id};`,
      );
    },
    recordEnding: (address, ending) => write(endingSql(run, address, ending)),
    resolveStep: (address, { action, reason, probe }) =>
      write(
        stepSql(address, { state: 'done', attempts: 0, message: reason === null ? probe : `${probe}; ${reason}` }) +
          `UPDATE evenkeel.migration SET state = 'running' WHERE id = ${quoteLiteral(address.migration)} AND state <> 'applied';
` +
          auditSql(run, { ...address, action, reason, probe }),
      ),
    beginAbandoning: (migration) =>
      write(
        `${cleanUpGoneSql(migration)}UPDATE evenkeel.migration SET state = 'abandoning' WHERE id = ${quoteLiteral(migration)};
${auditSql(run, { migration, step: null, action: 'abandoning', reason: null, probe: null })}`,
      ),
    finishAbandoning: (migration) =>
      write(
        `${cleanUpGoneSql(migration)}UPDATE evenkeel.migration SET state = 'abandoned' WHERE id = ${quoteLiteral(migration)};
UPDATE evenkeel.step SET cursor = NULL WHERE migration = ${quoteLiteral(migration)};
${auditSql(run, { migration, step: null, action: 'abandoned', reason: null, probe: null })}`,
      ),
    appendEvents: (events) =>
      write(
        `INSERT INTO evenkeel.event (run, seq, at, body)
         SELECT e->>'run', (e->>'seq')::bigint, (e->>'at')::timestamptz, e - 'run' - 'seq' - 'at'
         FROM pg_catalog.jsonb_array_elements(${quoteLiteral(storable(JSON.stringify(events)))}::jsonb) AS e;`,
      ),
    heartbeat: () => write(`UPDATE evenkeel.runner SET heartbeat_at = clock_timestamp() WHERE fence = ${fence};`),
  };
}

/** jsonb takes no NUL; a message that quotes one must not cost us the row. */
function storable(json: string): string {
  return json.replaceAll('\\u0000', '');
}

function auditSql(run: string, entry: Omit<AuditRecord, 'at' | 'role'>): string {
  const values = [run, entry.migration, entry.step, entry.action, entry.reason, entry.probe].map(literal);
  return `INSERT INTO evenkeel.audit (run, migration, step, action, reason, probe) VALUES (${values.join(', ')});
`;
}

function cleanUpGoneSql(migration: string): string {
  const id = quoteLiteral(cleanUpId(migration));
  return `DELETE FROM evenkeel.step WHERE migration = ${id};
DELETE FROM evenkeel.migration WHERE id = ${id};
`;
}

function stepIs(address: StepAddress): string {
  return `migration = ${quoteLiteral(address.migration)} AND id = ${quoteLiteral(address.step)}`;
}

interface StepWrite {
  readonly state: 'intent' | 'done' | 'passed' | 'failed';
  /** Added to those of earlier runs. */
  readonly attempts: number;
  readonly message: string | null;
  readonly sqlstate?: string | null;
}

function stepSql(address: StepAddress, step: StepWrite): string {
  const values = [
    quoteLiteral(address.migration),
    quoteLiteral(address.step),
    String(address.ordinal),
    quoteLiteral(step.state),
    String(step.attempts),
    step.state === 'intent' ? 'NULL' : 'clock_timestamp()',
    literal(step.sqlstate ?? null),
    literal(step.message),
  ];
  return `INSERT INTO evenkeel.step AS s (migration, id, ordinal, state, attempts, finished_at, sqlstate, message)
VALUES (${values.join(', ')})
ON CONFLICT (migration, id) DO UPDATE SET ordinal = EXCLUDED.ordinal, state = EXCLUDED.state,
  attempts = s.attempts + EXCLUDED.attempts, finished_at = EXCLUDED.finished_at, sqlstate = EXCLUDED.sqlstate,
  message = EXCLUDED.message;
`;
}

function literal(text: string | null): string {
  return text === null ? 'NULL' : quoteLiteral(text.replaceAll('\0', ''));
}

function plansSql(
  run: string,
  plan: Pick<Plan, 'serverMajor' | 'fingerprint'>,
  migrations: readonly MigrationPlan[],
): string {
  const { serverMajor, fingerprint } = plan;
  const rows = migrations.map((migration) => {
    const stored: StoredMigrationPlan = { serverMajor, fingerprint, migration };
    const { id, path, checksum } = migration;
    const texts = [id, path, checksum, 'planned', storable(JSON.stringify(stored)), run].map(quoteLiteral);
    return `INSERT INTO evenkeel.migration (id, path, checksum, state, plan, run) VALUES (${texts.join(', ')});
DELETE FROM evenkeel.step WHERE migration = ${quoteLiteral(id)};
`;
  });
  const ids = migrations.map(({ id }) => quoteLiteral(id)).join(', ');
  // Plans that never began give way to the new ones; those that began without finishing a step as well.
  const replaced = `DELETE FROM evenkeel.migration WHERE state = 'planned'${ids === '' ? '' : ` OR id IN (${ids})`};\n`;
  return replaced + rows.join('');
}

function endingSql(run: string, address: StepAddress, ending: Ending): string {
  const { outcome, summary, failure } = ending;
  const id = quoteLiteral(address.migration);
  const done = `UPDATE evenkeel.run SET finished_at = clock_timestamp(), outcome = ${quoteLiteral(outcome)},
  summary = ${literal(summary)} WHERE id = ${quoteLiteral(run)};
`;
  if (address.migration === '-' || (outcome !== 'gated' && outcome !== 'failed')) return done;
  const step =
    failure === null || address.step === '-' ? '' : stepSql(address, { ...failure, state: 'failed', attempts: 1 });
  return `${step}UPDATE evenkeel.migration SET state = ${quoteLiteral(outcome)} WHERE id = ${id} AND state <> 'applied';
${done}`;
}
