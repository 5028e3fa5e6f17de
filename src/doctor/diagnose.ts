import type { DoctorCheck } from '../model/doctor-report.ts';
import { DatabaseError, PrivilegeError, ReadOnlyServerError } from '../model/error.ts';
import type { Check } from './check.ts';
import { replicationChecks } from './checks/replication-checks.ts';
import { resourceChecks } from './checks/resource-checks.ts';
import { rightsChecks } from './checks/rights-checks.ts';
import { runChecks } from './checks/run-checks.ts';
import { schemaChecks } from './checks/schema-checks.ts';
import { serverChecks, WITHOUT_POOLER } from './checks/server-checks.ts';
import { settingsChecks } from './checks/settings-checks.ts';
import { transactionChecks } from './checks/transaction-checks.ts';
import type { Subject } from './subject.ts';

/** Everything that is looked at, in the order in which it is told. */
const CHECKS: readonly Check[] = [
  ...serverChecks,
  ...rightsChecks,
  ...runChecks,
  ...transactionChecks,
  ...replicationChecks,
  ...resourceChecks,
  ...schemaChecks,
  ...settingsChecks,
];

/**
 * Asks every check, or those that are wanted, one after the other. What the server refuses to answer is `unknown`, with its words.
 *
 * @throws ConnectionError when the session is gone.
 */
export async function diagnose(
  subject: Subject,
  only: (id: string) => boolean = () => true,
): Promise<readonly DoctorCheck[]> {
  const checks: DoctorCheck[] = [];
  for (const check of CHECKS) if (only(check.id)) checks.push(await examine(check, subject));
  return checks;
}

/** What is told without a question to the server. */
const NEEDS_NO_TRANSACTION = /^(server\.(pooler|version)|settings\..*)$/;

async function examine({ id, why, ask }: Check, subject: Subject): Promise<DoctorCheck> {
  if (subject.pooler.mode === 'statement' && !NEEDS_NO_TRANSACTION.test(id)) {
    const measured =
      'Not asked: a pooler in statement mode ends the session at the transaction that bounds a question.';
    return { id, status: 'unknown', measured, why, nextCommand: WITHOUT_POOLER };
  }
  try {
    const { status, measured, nextCommand } = await ask(subject);
    return { id, status, measured, why, nextCommand };
  } catch (error) {
    const isAnswer =
      error instanceof DatabaseError || error instanceof PrivilegeError || error instanceof ReadOnlyServerError;
    if (!isAnswer) throw error;
    const sqlstate = error instanceof DatabaseError && error.sqlstate !== null ? ` (${error.sqlstate})` : '';
    const measured = `The server did not answer: ${error.message}${sqlstate}.`;
    return { id, status: 'unknown', measured, why, nextCommand: refusedCommand(error, subject) };
  }
}

function refusedCommand(error: Error, { role }: Subject): string {
  const sqlstate = error instanceof DatabaseError ? error.sqlstate : null;
  if (sqlstate === '42501') return `GRANT pg_monitor TO ${role}; -- or run it as the role that applies migrations`;
  return 'evenkeel doctor -- again in a moment';
}
