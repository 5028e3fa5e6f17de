import { setTimeout as sleep } from 'node:timers/promises';
import { casesNamed, keyPlaces } from '../cases/key-places.ts';
import type { ScoutedCase } from '../cases/migration-case.ts';
import type { Cell, Fault } from '../fault.ts';
import { TcpProxy } from '../proxy/tcp-proxy.ts';

const SUSPENDED_MS = 8_000;
const PRELOAD = new URL('../preload/block-at-stop.ts', import.meta.url).href;

/** The messages that a run may not be needed for once they are sent. */
const STRIKE = /ALTER TABLE[\s\S]*COMMIT$/;

export const blockedRunner: Fault = {
  name: 'blocked runner',
  sentence:
    'The event loop of the runner is blocked at the place (8 s in the subset, 30 s else), or its whole process is suspended for 8 s: at the place, or with a strike just sent.',
  cells: (cases) =>
    casesNamed(cases, 'column', 'index', 'type').flatMap((scouted) => [
      ...keyPlaces(scouted)
        .filter((place) => /before\/strike|before\/build-index|after\/copy-batch/.test(place))
        .flatMap((place) => [blockCell(scouted, place, 8), blockCell(scouted, place, 30), suspendCell(scouted, place)]),
      ...(scouted.migrationCase.name === 'index' ? [] : [suspendedStrikeCell(scouted)]),
    ]),
};

const EXPECTED: Cell['expected'] = { words: 'done, or 3 and then done', endings: [0, 3] };

function blockCell(scouted: ScoutedCase, place: string, seconds: number): Cell {
  return {
    scouted,
    place,
    form: `event loop blocked ${seconds} s`,
    expected: EXPECTED,
    level: seconds === 8 && scouted.migrationCase.name === 'type' ? 'subset' : 'all',
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
    form: `suspended ${SUSPENDED_MS / 1000} s`,
    expected: EXPECTED,
    level: 'all',
    act: async (scene) => {
      await scene.standingAt(place, () => sleep(SUSPENDED_MS));
    },
  };
}

/** The strike is one message: the server goes through with it whether or not anybody is there to hear. */
function suspendedStrikeCell(scouted: ScoutedCase): Cell {
  return {
    scouted,
    place: 'with the strike just sent',
    form: `suspended ${SUSPENDED_MS / 1000} s`,
    expected: { ...EXPECTED, words: 'done, or 3 and then done; nobody waits meanwhile' },
    level: scouted.migrationCase.name === 'column' ? 'ci' : 'all',
    act: async (scene) => {
      const proxy = await TcpProxy.start(scene.server.port);
      scene.afterwards(() => proxy.stop());
      const runner = scene.start({ port: proxy.port });
      const over = new Promise<void>((resolve) => {
        proxy.onMessage({ moment: 'pass', matching: STRIKE }, () => {
          runner.signal('SIGSTOP');
          setTimeout(() => {
            runner.goOn();
            resolve();
          }, SUSPENDED_MS);
        });
      });
      await scene.end(runner);
      await over;
      const longest = scene.load.longestStallMs();
      // Whoever had to wait for us to wake up has waited all of it.
      if (longest > SUSPENDED_MS / 2)
        scene.findings.push(`the application waited ${Math.round(longest)} ms for the runner`);
    },
  };
}
