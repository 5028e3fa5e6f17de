import type { Connection } from '../db/connection.ts';
import type { DatabaseTarget } from '../db/database-target.ts';
import { describeDatabase } from '../db/describe-database.ts';
import { openSession } from '../db/open-session.ts';
import { UsageError } from '../model/error.ts';
import { assertNotNewer, ledgerExists } from '../run/ledger-schema.ts';
import { lastRuns } from '../watch/read-run.ts';

/** A session that only reads, and waits for nobody for long. */
export function connectToWatch(databaseUrl: DatabaseTarget): Promise<Connection> {
  return openSession(databaseUrl, {
    applicationName: 'evenkeel:watch',
    settings: {
      default_transaction_read_only: 'on',
      statement_timeout: '2s',
      lock_timeout: '200ms',
      idle_in_transaction_session_timeout: '5s',
    },
  });
}

/**
 * The id of a run that the ledger knows.
 *
 * @param run null: the newest.
 * @throws UsageError when there is no ledger, or no such run; LedgerMismatchError when the ledger is of a newer Evenkeel.
 */
export async function findWatchedRun(
  connection: Connection,
  options: { readonly run: string | null; readonly databaseUrl: DatabaseTarget },
): Promise<string> {
  const { run, databaseUrl } = options;
  const at = describeDatabase(databaseUrl);
  const advice = 'evenkeel apply <folder> --database-url "$DATABASE_URL", and watch it meanwhile';
  if (!(await ledgerExists(connection))) {
    throw new UsageError(`${at} has no ledger: Evenkeel never applied anything there, so there is nothing to watch.`, {
      nextCommand: advice,
    });
  }
  await assertNotNewer(connection);
  const runs = await lastRuns(connection, run === null ? 1 : 1_000);
  const [newest] = runs;
  if (newest === undefined) {
    throw new UsageError(`The ledger of ${at} knows no run yet.`, { nextCommand: advice });
  }
  if (run === null || runs.includes(run)) return run ?? newest;
  throw new UsageError(`The ledger of ${at} knows no run ${run}; the newest is ${newest}.`, {
    nextCommand: `evenkeel watch --run ${newest}`,
  });
}
