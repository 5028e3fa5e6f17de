import type { ScoutedCase } from '../cases/migration-case.ts';
import type { Cell, CellLevel, Fault } from '../fault.ts';

export const kill: Fault = {
  name: 'kill',
  sentence:
    'SIGKILL at a place that the run passes, as when memory runs out: one of each kind of place in every case (`npm run test:kill` takes every single one of a shop’s migrations).',
  cells: (cases) =>
    cases.flatMap((scouted) => oneOfEachKind(scouted.places).map((place) => killCell(scouted, place, cases))),
};

function kindOf(place: string): string {
  return place.split('/').slice(2).join('/');
}

/** The middle one of each kind, so that not every kill falls into the first step. */
function oneOfEachKind(places: readonly string[]): readonly string[] {
  const early = places.filter((place) => Number(place.split('#')[1]) <= 2);
  return [...new Set(early.map(kindOf))].flatMap((kind) => middleOf(early, kind) ?? []);
}

function middleOf(places: readonly string[], kind: string): string | null {
  const alike = places.filter((place) => kindOf(place) === kind);
  return alike[Math.floor(alike.length / 2)] ?? null;
}

function killCell(scouted: ScoutedCase, place: string, cases: readonly ScoutedCase[]): Cell {
  return {
    scouted,
    place,
    form: '',
    expected: { words: 'dead, then done', endings: ['SIGKILL', 0] },
    level: levelOf(scouted, place, cases),
    act: async (scene) => {
      // What comes later may pass the place or not, as the load has it: a run that ends is fine as well.
      const run = await scene.end(scene.start({ at: { place, action: 'kill' } }));
      if (run !== null && run.signal === null) scene.findings.push(`the run never came to ${place}`);
    },
  };
}

const IN_EVERY_BUILD: readonly string[] = ['strike:before-commit#1', 'after/build-index#1', 'after/copy-batch#1'];
const IN_THE_SUBSET: readonly string[] = [
  'after/runner-lock#1',
  'after/plans#1',
  'after/strike#1',
  'after/record-intent#1',
  'after/start-pass#1',
  'after/finish-migration#1',
  'after/record-ending#1',
];

/** One of each kind of place over all cases; a few of them in every build. */
function levelOf(scouted: ScoutedCase, place: string, cases: readonly ScoutedCase[]): CellLevel {
  const kind = kindOf(place);
  const isFirst = cases.find(({ places }) => places.some((other) => kindOf(other) === kind)) === scouted;
  if (!isFirst) return 'all';
  if (IN_EVERY_BUILD.includes(kind)) return 'ci';
  return IN_THE_SUBSET.includes(kind) ? 'subset' : 'all';
}
