import { setTimeout as sleep } from 'node:timers/promises';
import { casesNamed, keyPlaces } from '../cases/key-places.ts';
import type { ScoutedCase } from '../cases/migration-case.ts';
import type { Cell, Fault } from '../fault.ts';

const PRELOAD = new URL('../preload/block-at-stop.ts', import.meta.url).href;

export const blockedRunner: Fault = {
  name: 'blocked runner',
  sentence:
    'The event loop of the runner is blocked at the place (8 s in the subset, 30 s else), or its whole process is suspended for 8 s.',
  cells: (cases) =>
    casesNamed(cases, 'column', 'index', 'type').flatMap((scouted) =>
      keyPlaces(scouted)
        .filter((place) => /before-commit|before\/build-index|after\/copy-batch/.test(place))
        .flatMap((place) => [blockCell(scouted, place, 8), blockCell(scouted, place, 30), suspendCell(scouted, place)]),
    ),
};

/** Blocked between its first lock and COMMIT the session is ended by the server, which is what spares the others. */
function expectedAt(place: string): Cell['expected'] {
  return place.includes('before-commit')
    ? { words: '3 (the server ends the idle transaction), then done', endings: [3] }
    : { words: 'done, or 3 and then done', endings: [0, 3] };
}

function blockCell(scouted: ScoutedCase, place: string, seconds: number): Cell {
  return {
    scouted,
    place,
    form: `event loop blocked ${seconds} s`,
    expected: expectedAt(place),
    level: seconds === 8 && scouted.migrationCase.name !== 'index' ? 'subset' : 'all',
    act: async (scene) => {
      const env = { EVENKEEL_FAULT_BLOCK_MS: String(seconds * 1000) };
      const runner = scene.start({ preload: PRELOAD, env, at: { place, action: 'stop' } });
      await scene.end(runner, 60_000 + seconds * 1000);
    },
  };
}

function suspendCell(scouted: ScoutedCase, place: string): Cell {
  return {
    scouted,
    place,
    form: 'suspended 8 s',
    expected: expectedAt(place),
    level: 'all',
    act: async (scene) => {
      await scene.standingAt(place, () => sleep(8_000));
    },
  };
}
