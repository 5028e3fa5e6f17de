import { beginObstacle, type Obstacle } from './obstacle.ts';
import { openBystander } from './open-bystander.ts';

/** The name under which the report's session is seen on the server. */
const REPORT_NAME = 'monthly-revenue-report';

/** One statement that reads a few rows of `orders` and then only sleeps: it disturbs by its lock, not by its hunger for CPU. */
export function reportSql(lastsMs: number): string {
  return `SELECT sum(total_cents), pg_sleep(${lastsMs / 1000})
    FROM (SELECT total_cents FROM orders WHERE id <= 1000) AS thousand`;
}

/**
 * Somebody's long report: one statement that holds ACCESS SHARE on `orders` until it is done.
 *
 * @param lastsMs how long the statement runs
 */
export async function startLongReport(databaseUrl: string, lastsMs: number): Promise<Obstacle> {
  const client = await openBystander(databaseUrl, REPORT_NAME);
  return beginObstacle({
    lastsMs,
    work: () => client.query(reportSql(lastsMs)),
    close: () => client.end().catch(() => undefined),
  });
}
