import { setTimeout as sleep } from 'node:timers/promises';
import { keyPlaces } from '../cases/key-places.ts';
import type { ScoutedCase } from '../cases/migration-case.ts';
import type { Cell, Fault } from '../fault.ts';

/** Longer than what is taken for one key press. */
const BETWEEN_MS = 400;

export const interrupt: Fault = {
  name: 'interrupt',
  sentence: 'Ctrl+C (SIGINT) while the run stands at the place: once, or twice.',
  cells: (cases) =>
    cases.flatMap((scouted) =>
      keyPlaces(scouted).flatMap((place) => [interruptCell(scouted, place, 1), interruptCell(scouted, place, 2)]),
    ),
};

function interruptCell(scouted: ScoutedCase, place: string, times: 1 | 2): Cell {
  const isLate = place.includes('finish-migration');
  return {
    scouted,
    place,
    form: times === 1 ? 'once' : 'twice',
    expected:
      times === 1
        ? { words: isLate ? 'finishes (0), or 3' : '3 (or 0 when it was the last step), then done', endings: [0, 3] }
        : {
            words: '130, or 3 or 0 when it was quicker, or SIGINT when it was all but gone; then done',
            endings: [0, 3, 130, 'SIGINT'],
          },
    level: levelOf(scouted, place, times),
    act: async (scene) => {
      const runner = scene.start({ at: { place, action: 'stop' } });
      if (!(await runner.standsStill())) scene.findings.push(`the run never came to ${place}`);
      runner.signal('SIGINT');
      runner.goOn();
      if (times === 2) {
        await Promise.race([runner.ended, sleep(BETWEEN_MS)]);
        runner.signal('SIGINT');
      }
      await scene.end(runner);
    },
  };
}

function levelOf({ migrationCase }: ScoutedCase, place: string, times: 1 | 2): Cell['level'] {
  if (times === 1 && migrationCase.name === 'type' && place.includes('copy-batch')) return 'ci';
  return ['type', 'index'].includes(migrationCase.name) && /copy-batch|before\/build-index/.test(place)
    ? 'subset'
    : 'all';
}
