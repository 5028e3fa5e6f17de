import type { DatabaseTarget } from '../db/database-target.ts';
import { openSession } from '../db/open-session.ts';
import { UsageError } from '../model/error.ts';
import type { Plan } from '../model/plan.ts';
import type { RunOutcome } from '../model/run-event.ts';
import { ledgerExists } from '../run/ledger-schema.ts';
import { readLedger } from '../run/read-ledger.ts';
import { runPlan } from '../run/run-plan.ts';
import { loadParser } from '../sql/postgres/load-parser.ts';
import type { RunControls } from './run-controls.ts';
import { runOptions } from './run-options.ts';

/**
 * Goes on with the migrations that an earlier run has begun, with the plans that it began with; the files are not needed.
 * Migrations that were planned and never begun are left to `apply`, which plans them anew.
 *
 * @throws UsageError when nothing has begun; otherwise as `apply`.
 */
export async function resumeRun(options: RunControls): Promise<RunOutcome> {
  await loadParser();
  const plan = await begunPlan(options.databaseUrl);
  if (plan === null) {
    throw new UsageError('Nothing has begun in this database that could be resumed.', {
      nextCommand: 'evenkeel apply <folder of migrations>',
    });
  }
  const { outcome } = await runPlan({ ...runOptions(options, 'evenkeel resume'), plan });
  return outcome;
}

/** null when nothing has begun. */
async function begunPlan(databaseUrl: DatabaseTarget): Promise<Plan | null> {
  const settings = { statement_timeout: '30s', lock_timeout: '2s', idle_in_transaction_session_timeout: '30s' };
  const connection = await openSession(databaseUrl, { applicationName: 'evenkeel:plan', settings });
  try {
    if (!(await ledgerExists(connection))) return null;
    const { storedPlans } = await readLedger(connection);
    const begun = storedPlans.filter(
      ({ state }) => state !== 'applied' && state !== 'planned' && state !== 'abandoning',
    );
    const [first] = begun;
    if (first === undefined) return null;
    const { serverMajor, fingerprint } = first;
    const migrations = begun.map(({ migration }) => migration);
    return { version: 1, engine: 'postgresql', serverMajor, fingerprint, migrations };
  } finally {
    await connection.close();
  }
}
