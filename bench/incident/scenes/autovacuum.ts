import { setTimeout as sleep } from 'node:timers/promises';
import { InvariantError } from '../../../src/model/error.ts';
import { beginObstacle, rest } from '../obstacle.ts';
import { openBystander } from '../open-bystander.ts';
import { PLAIN_SCENE, type Scene, type SceneStage } from '../scene.ts';

/** The launcher looks once a second; a worker needs a moment to get to the table. */
const COMES_WITHIN_MS = 20_000;

/** About 50 dirty pages a second: one pass over `orders` lasts longer than any run. */
const AT_A_CRAWL = 'autovacuum_vacuum_cost_delay = 20, autovacuum_vacuum_cost_limit = 20';

/** Dead rows on most pages, which nobody may clear away before the scene begins. */
const DEAD_ROWS = `
  ALTER TABLE orders SET (autovacuum_enabled = false, autovacuum_vacuum_threshold = 50,
    autovacuum_vacuum_scale_factor = 0, ${AT_A_CRAWL});
  UPDATE orders SET updated_at = now() WHERE id % 10 = 0`;

/** The statistics of a copied database know nothing of its dead rows: these few call the worker, who finds the others. */
const CALL = `
  ALTER TABLE orders SET (autovacuum_enabled = true);
  UPDATE orders SET updated_at = now() WHERE id <= 100;
  SELECT pg_stat_force_next_flush()`;

const AT_WORK = `SELECT EXISTS (SELECT FROM pg_stat_progress_vacuum
  WHERE datname = current_database() AND relid = 'orders'::regclass) AS "atWork"`;

export const autovacuum: Scene = {
  ...PLAIN_SCENE,
  id: 'autovacuum',
  name: 'An autovacuum',
  sentence:
    'An autovacuum worker is at work on `orders`, which has dead rows on most of its pages; when it is sent away it comes back within seconds.',
  obstacle: 'stays',
  bystanders: false,
  serverSettings: { autovacuum_naptime: '1s' },
  prepareSql: DEAD_ROWS,
  start: async ({ databaseUrl, lastsMs, signal }: SceneStage) => {
    const client = await openBystander(databaseUrl, 'bench');
    try {
      await client.query(CALL);
      await untilAtWork(
        async () => (await client.query<{ atWork: boolean }>(AT_WORK)).rows[0]?.atWork === true,
        signal,
      );
    } finally {
      await client.end();
    }
    return beginObstacle({ lastsMs, work: (over) => rest(lastsMs, over), close: async () => undefined });
  },
};

async function untilAtWork(isAtWork: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const latestMs = Date.now() + COMES_WITHIN_MS;
  while (!(await isAtWork())) {
    if (Date.now() > latestMs) throw new InvariantError('No autovacuum came to the table `orders`.');
    await sleep(50, undefined, { signal });
  }
}
