import { casesNamed } from '../cases/key-places.ts';
import type { Fault } from '../fault.ts';

const PRELOAD = new URL('../preload/shift-clock.ts', import.meta.url).href;
const HOUR_MS = 3_600_000;

export const clockJump: Fault = {
  name: 'clock jump',
  sentence:
    'The clock of the runner’s machine (Date) jumps by an hour half a second after the run began. The monotonic clock, which the run measures with, cannot be set on a running system, so it is left alone.',
  cells: (cases) =>
    casesNamed(cases, 'column', 'type').flatMap((scouted) =>
      [HOUR_MS, -HOUR_MS].map((shiftMs) => ({
        scouted,
        place: 'half a second after the start',
        form: shiftMs > 0 ? 'an hour ahead' : 'an hour back',
        expected: { words: 'done', endings: [0] },
        level: scouted.migrationCase.name === 'type' ? 'subset' : 'all',
        act: async (scene) => {
          const env = { EVENKEEL_FAULT_SHIFT_MS: String(shiftMs), EVENKEEL_FAULT_SHIFT_AFTER_MS: '500' };
          await scene.end(scene.start({ preload: PRELOAD, env }));
        },
      })),
    ),
};
