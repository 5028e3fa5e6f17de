import pg from 'pg';

/** The name under which the report's session is seen on the server. */
const REPORT_NAME = 'monthly-revenue-report';

/** Somebody's long report: one statement that reads `orders` and holds ACCESS SHARE on it until it is done. */
export interface LongReport {
  /** When it was done, ms since 1970. */
  readonly ended: Promise<number>;
  /** Ends it early; a report that is done already is not harmed. */
  cancel(): Promise<void>;
}

/**
 * Starts the report. It reads a few rows and then only sleeps: it disturbs by its lock, not by its hunger for CPU.
 *
 * @param lastsMs how long the statement runs
 */
export async function startLongReport(databaseUrl: string, lastsMs: number): Promise<LongReport> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: REPORT_NAME });
  client.on('error', () => undefined);
  await client.connect();
  const statement = `SELECT sum(total_cents), pg_sleep(${lastsMs / 1000})
    FROM (SELECT total_cents FROM orders WHERE id <= 1000) AS thousand`;
  const ended = client.query(statement).then(
    () => Date.now(),
    // Cancelled, or its database is gone: over either way.
    () => Date.now(),
  );
  void ended.then(() => client.end()).catch(() => undefined);
  return {
    ended,
    cancel: async () => {
      await client.end().catch(() => undefined);
    },
  };
}
