import { keyPlaces } from '../cases/key-places.ts';
import type { Cell, Fault } from '../fault.ts';
import { isConnectionLost } from '../load/broken-request.ts';

/** The server dies as in a power cut and comes back. */
export const serverRestart: Fault = {
  name: 'server restart',
  sentence:
    'The server is stopped at once (as when the power fails) while the run stands at the place, and started again.',
  cells: (cases) =>
    cases.flatMap((scouted) =>
      keyPlaces(scouted).map(
        (place): Cell => ({
          scouted,
          place,
          form: '',
          expected: { words: '3, then done', endings: [3], breaks: isConnectionLost },
          level: levelOf(scouted.migrationCase.name, place),
          ownServer: {},
          act: async (scene) => {
            await scene.standingAt(place, async () => {
              await scene.server.stopNow();
              await scene.server.startAgain();
              await scene.reconnect();
            });
          },
        }),
      ),
    ),
};

function levelOf(name: string, place: string): Cell['level'] {
  if (name === 'column' && place.includes('before-commit')) return 'ci';
  const isMain = /copy-batch|before\/build-index|runner-lock/.test(place);
  return ['type', 'index'].includes(name) && isMain ? 'subset' : 'all';
}
