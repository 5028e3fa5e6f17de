import { casesNamed } from '../cases/key-places.ts';
import type { Fault } from '../fault.ts';
import { StandbyServer } from '../servers/standby-server.ts';

/** The run is sent to the wrong server. */
export const standbyUrl: Fault = {
  name: 'standby URL',
  sentence: 'The URL is that of a standby.',
  cells: (cases) =>
    casesNamed(cases, 'column').map((scouted) => ({
      scouted,
      place: 'from the start',
      form: '',
      expected: { words: '2 with the reason, then done on the primary', endings: [2], says: /standby/ },
      level: 'subset',
      ownServer: {},
      act: async (scene) => {
        const standby = await StandbyServer.start(scene.server);
        scene.afterwards(() => standby.stop());
        await scene.until('the standby', 'SELECT count(*) = 1 FROM pg_stat_replication');
        await scene.end(scene.start({ port: standby.port }));
      },
    })),
};
