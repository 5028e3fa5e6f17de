import type { ScoutedCase } from '../cases/migration-case.ts';
import type { Cell, Fault } from '../fault.ts';
import { TcpProxy } from '../proxy/tcp-proxy.ts';

const MESSAGES: Readonly<Record<string, RegExp>> = {
  column: /ALTER TABLE[\s\S]*COMMIT$/,
  index: /^CREATE INDEX CONCURRENTLY/,
  type: /^WITH changed AS/,
};

/** No byte passes any more, and nobody says so. */
export const halfOpenConnection: Fault = {
  name: 'half-open connection',
  sentence: 'A proxy swallows every byte in both directions of all connections of the run, without closing one.',
  cells: (cases) =>
    cases.flatMap((scouted) => {
      const matching = MESSAGES[scouted.migrationCase.name];
      return matching === undefined ? [] : [halfOpenCell(scouted, matching)];
    }),
};

function halfOpenCell(scouted: ScoutedCase, matching: RegExp): Cell {
  return {
    scouted,
    place: 'behind its main statement',
    form: '',
    expected: { words: '3 by itself within a minute, then done', endings: [3] },
    level: scouted.migrationCase.name === 'column' ? 'subset' : 'all',
    act: async (scene) => {
      const proxy = await TcpProxy.start(scene.server.port);
      scene.afterwards(() => proxy.stop());
      void proxy.arm({ moment: 'half-open', matching });
      await scene.end(scene.start({ port: proxy.port }));
    },
  };
}
