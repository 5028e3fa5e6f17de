import { beginObstacle, rest } from '../obstacle.ts';
import { openBystander } from '../open-bystander.ts';
import { PLAIN_SCENE, type Scene } from '../scene.ts';

export const idleInTransaction: Scene = {
  ...PLAIN_SCENE,
  id: 'idle-in-transaction',
  name: 'Idle in transaction',
  sentence: 'A session has read `orders` and sits idle in its transaction before it commits.',
  obstacle: 'passes',
  start: async ({ databaseUrl, lastsMs }) => {
    const client = await openBystander(databaseUrl, 'forgotten-console');
    const lost = new AbortController();
    client.once('end', () => lost.abort());
    await client.query('BEGIN');
    await client.query('SELECT count(*) FROM orders WHERE id <= 1000');
    return beginObstacle({
      lastsMs,
      work: async (over) => {
        await rest(lastsMs, AbortSignal.any([over, lost.signal]));
        // Fails when somebody has ended the session meanwhile.
        await client.query('COMMIT');
      },
      close: () => client.end().catch(() => undefined),
    });
  },
};
