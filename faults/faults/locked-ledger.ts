import { casesNamed, keyPlaces } from '../cases/key-places.ts';
import type { ScoutedCase } from '../cases/migration-case.ts';
import type { Cell, Fault } from '../fault.ts';
import { holdFor } from '../hold-for.ts';

const LOCK =
  'LOCK TABLE evenkeel.ledger, evenkeel.runner, evenkeel.run, evenkeel.migration, evenkeel.step, evenkeel.event IN ACCESS EXCLUSIVE MODE';

export const lockedLedger: Fault = {
  name: 'locked ledger',
  sentence:
    'Somebody holds ACCESS EXCLUSIVE on all tables of the ledger for three seconds, or for eight, which is longer than a run waits.',
  cells: (cases) =>
    casesNamed(cases, 'column', 'index', 'type').flatMap((scouted) =>
      keyPlaces(scouted)
        .filter((place) => !/before-commit|runner-lock/.test(place))
        .flatMap((place) => [lockCell(scouted, place, 3), lockCell(scouted, place, 8)]),
    ),
};

function lockCell(scouted: ScoutedCase, place: string, seconds: number): Cell {
  return {
    scouted,
    place,
    form: `${seconds} s`,
    expected: { words: 'waits and is done, or 3 and then done', endings: [0, 3] },
    level: scouted.migrationCase.name === 'column' && place.includes('before/strike') ? 'subset' : 'all',
    act: async (scene) => {
      await scene.standingAt(place, () => holdFor(scene, seconds * 1000, ['BEGIN', LOCK]));
    },
  };
}
