import { beginObstacle, type Obstacle } from '../obstacle.ts';
import { openBystander } from '../open-bystander.ts';
import { PLAIN_SCENE, type Scene, type SceneStage } from '../scene.ts';

const SESSIONS = 16;
const TRANSACTION_MS = { min: 10, max: 40 };

export const hot: Scene = {
  ...PLAIN_SCENE,
  id: 'hot',
  name: 'A hot table',
  sentence: `Beside the load, ${SESSIONS} sessions have transactions of ${TRANSACTION_MS.min} to ${TRANSACTION_MS.max} ms on \`orders\`, one after the other without a gap.`,
  obstacle: 'stays',
  start: startTraffic,
};

async function startTraffic({ applicationUrl, lastsMs }: SceneStage): Promise<Obstacle> {
  const clients = await Promise.all(
    Array.from({ length: SESSIONS }, () => openBystander(applicationUrl, 'shop-checkout')),
  );
  const { rows } = (await clients[0]?.query<{ orders: number }>('SELECT max(id)::int AS orders FROM orders')) ?? {
    rows: [],
  };
  const orders = rows[0]?.orders ?? 1;
  return beginObstacle({
    lastsMs,
    work: (over) =>
      Promise.all(
        clients.map(async (client) => {
          while (!over.aborted) await client.query(transactionSql(orders));
        }),
      ),
    close: () => Promise.all(clients.map((client) => client.end().catch(() => undefined))),
  });
}

/** One message, so that a busy machine does not make the transaction longer or bring a gap before the next one. */
function transactionSql(orders: number): string {
  const id = 1 + Math.floor(Math.random() * orders);
  const sleepMs = TRANSACTION_MS.min + Math.random() * (TRANSACTION_MS.max - TRANSACTION_MS.min);
  return `BEGIN; SELECT status FROM orders WHERE id = ${id}; SELECT pg_sleep(${sleepMs / 1000});
    UPDATE orders SET updated_at = now() WHERE id = ${id}; COMMIT`;
}
