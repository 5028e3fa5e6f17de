import { casesNamed } from '../cases/key-places.ts';
import type { Fault } from '../fault.ts';
import { connect } from '../servers/fault-server.ts';
import { StandbyServer } from '../servers/standby-server.ts';

export const standbyLag: Fault = {
  name: 'standby lag',
  sentence: 'A standby replays nothing while the run goes on.',
  cells: (cases) =>
    casesNamed(cases, 'type').map((scouted) => ({
      scouted,
      place: 'throughout',
      form: '',
      expected: { words: 'done, or 3 because of the lag; the standby catches up afterwards', endings: [0, 3] },
      level: 'all',
      ownServer: {},
      act: async (scene) => {
        const standby = await StandbyServer.start(scene.server);
        scene.atTheEnd(() => standby.stop());
        await scene.until('the standby', "SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'");
        const there = await connect(standby.url());
        await there.query('SELECT pg_wal_replay_pause()');
        await scene.end(scene.start());
        await there.query('SELECT pg_wal_replay_resume()');
        await there.end();
        await scene.until(
          'the end of the lag',
          'SELECT count(*) = 1 FROM pg_stat_replication WHERE pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) < 1000000',
        );
      },
    })),
};
