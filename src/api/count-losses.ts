import type { Connection } from '../db/connection.ts';
import type { DatabaseTarget } from '../db/database-target.ts';
import { openSession } from '../db/open-session.ts';
import { ConnectionError, EvenkeelError } from '../model/error.ts';
import type { LossCount } from '../model/plan-loss.ts';
import type { PlanReport } from '../model/report.ts';

/** Counting reads the table while everybody works on; what takes longer is left to whoever wants to know. */
const COUNT_TIMEOUT_MS = 2_000;

/**
 * The plan with the rows in question counted on the server that it is made for. What cannot be counted at once, or is
 * made by a migration that is still to come, stays uncounted.
 *
 * @throws ConnectionError
 */
export async function countLosses(report: PlanReport, databaseUrl: DatabaseTarget): Promise<PlanReport> {
  if (report.losses.every(({ counts }) => counts.length === 0)) return report;
  const timeout = `${COUNT_TIMEOUT_MS}ms`;
  const connection = await openSession(databaseUrl, {
    applicationName: 'evenkeel:count',
    settings: {
      default_transaction_read_only: 'on',
      statement_timeout: timeout,
      lock_timeout: '500ms',
      // A policy that hides rows from us has to fail the count, not to make it too small.
      row_security: 'off',
    },
  });
  try {
    const losses: PlanReport['losses'][number][] = [];
    for (const loss of report.losses) {
      const counts: LossCount[] = [];
      for (const count of loss.counts) counts.push({ ...count, counted: await counted(connection, count) });
      losses.push({ ...loss, counts });
    }
    return { ...report, losses };
  } finally {
    await connection.close();
  }
}

async function counted(connection: Connection, { sql }: LossCount): Promise<number | null> {
  if (sql === null) return null;
  try {
    const [row] = await connection.query<{ count: string }>(sql);
    return row === undefined ? null : Number(row.count);
  } catch (error) {
    if (error instanceof ConnectionError || !(error instanceof EvenkeelError)) throw error;
    return null;
  }
}
