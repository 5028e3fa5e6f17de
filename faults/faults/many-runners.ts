import { casesNamed } from '../cases/key-places.ts';
import type { Fault } from '../fault.ts';

const RUNNERS = 10;

export const manyRunners: Fault = {
  name: 'many runners',
  sentence: 'Ten runs of the same migrations begin at once.',
  cells: (cases) =>
    casesNamed(cases, 'column', 'type', 'chain').map((scouted) => ({
      scouted,
      place: 'from the start',
      form: '',
      expected: { words: 'one works, the others find it done (0) or leave with 3', endings: [0, 3] },
      level: scouted.migrationCase.name === 'type' ? 'subset' : 'all',
      act: async (scene) => {
        const runners = Array.from({ length: RUNNERS }, () => scene.start());
        await Promise.all(runners.map((runner) => scene.end(runner, 120_000)));
        if (!scene.runs.some((run) => run?.exitCode === 0)) scene.findings.push('none of the ten came to the end');
      },
    })),
};
