import { beginObstacle } from '../obstacle.ts';
import { openBystander } from '../open-bystander.ts';
import { PLAIN_SCENE, type Scene } from '../scene.ts';

/** So often the dump stops to wait until as much time has passed as it has copied of the table. */
const PAUSES = 100;

export const pgDump: Scene = {
  ...PLAIN_SCENE,
  id: 'pg-dump',
  name: 'A dump',
  sentence:
    'A session named pg_dump has a snapshot of its own (REPEATABLE READ) and ACCESS SHARE on every table, and takes its time to copy `orders`.',
  obstacle: 'passes',
  start: async ({ databaseUrl, lastsMs }) => {
    const client = await openBystander(databaseUrl, 'pg_dump');
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query('LOCK TABLE customers, orders IN ACCESS SHARE MODE');
    const { rows } = await client.query<{ orders: number }>('SELECT count(*)::int AS orders FROM orders');
    const copy = copySql(rows[0]?.orders ?? 0, lastsMs);
    return beginObstacle({
      lastsMs,
      work: async () => {
        await client.query(copy);
        await client.query('COMMIT');
      },
      close: () => client.end().catch(() => undefined),
    });
  },
};

/** The ids are 1 to `orders`; no row leaves before its share of the time has passed. */
function copySql(orders: number, lastsMs: number): string {
  const every = Math.max(1, Math.floor(orders / PAUSES));
  const share = `interval '${lastsMs / Math.max(1, orders)} ms' * id`;
  return `COPY (
    SELECT orders.*, CASE WHEN id % ${every} = 0 THEN pg_sleep_until(transaction_timestamp() + ${share}) END FROM orders
  ) TO STDOUT`;
}
