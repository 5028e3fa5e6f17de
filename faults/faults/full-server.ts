import type pg from 'pg';
import { casesNamed } from '../cases/key-places.ts';
import type { Cell, Fault } from '../fault.ts';
import type { Scene } from '../scene.ts';
import { connect } from '../servers/fault-server.ts';

const PLACES: readonly { readonly place: string; readonly words: string }[] = [
  { place: '', words: 'before the start' },
  { place: '-/-/after/runner-lock#1', words: 'with one session of the run' },
  { place: '-/-/after/plans#1', words: 'before its second session' },
];

export const fullServer: Fault = {
  name: 'full server',
  sentence: 'Sessions of others use up max_connections.',
  cells: (cases) =>
    casesNamed(cases, 'column', 'type').flatMap((scouted) =>
      PLACES.map(
        ({ place, words }): Cell => ({
          scouted,
          place: words,
          form: '',
          expected: { words: '3 with the reason, then done', endings: [3], says: /no free connection/ },
          level: scouted.migrationCase.name === 'column' ? 'subset' : 'all',
          ownServer: { max_connections: '20' },
          act: async (scene) => {
            if (place !== '') await scene.standingAt(place, () => useUp(scene));
            else {
              await useUp(scene);
              await scene.end(scene.start());
            }
          },
        }),
      ),
    ),
};

async function useUp(scene: Scene): Promise<void> {
  const clients: pg.Client[] = [];
  scene.afterwards(() => Promise.all(clients.map((client) => client.end())));
  for (;;) {
    const client = await connect(scene.url('shop'), 'many').catch(() => null);
    if (client === null) return;
    clients.push(client);
  }
}
