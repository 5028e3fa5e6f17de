import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { InvariantError } from '../../src/model/error.ts';
import type { InputKind, RunInput, StateKind } from '../../src/run/state.ts';
import { STATE_KINDS, transition } from '../../src/run/transitions.ts';
import { context, SAMPLE_INPUTS, SAMPLE_STATES } from './machine-samples.ts';

/** What the plain input of a kind leads to; `-`: cannot be. Written by hand, as a second opinion on the table. */
type Expected = StateKind | '-';

const NEVER = {
  begun: '-',
  recorded: '-',
  waited: '-',
  'condition-answered': '-',
  'holders-seen': '-',
  'blocker-signalled': '-',
  'lock-probed': '-',
  struck: '-',
  'index-inspected': '-',
  'index-built': '-',
  'index-dropped': '-',
  'index-watched': '-',
  'orphan-ended': '-',
  'pass-started': '-',
  'batch-done': '-',
  'sql-failed': '-',
} as const;
const STOPS = { 'stop-requested': 'closing', 'connection-lost': 'ended' } as const;
const BACKS_OFF = { ...STOPS, 'sql-failed': 'backing-off' } as const;

const EXPECTED: Readonly<Record<StateKind, Readonly<Record<InputKind, Expected>>>> = {
  ready: { ...NEVER, ...STOPS, begun: 'announcing' },
  announcing: { ...NEVER, ...STOPS, recorded: 'probing-step', 'sql-failed': 'closing' },
  'probing-step': { ...NEVER, ...BACKS_OFF, 'condition-answered': 'recording' },
  observing: { ...NEVER, ...BACKS_OFF, 'holders-seen': 'striking' },
  'ending-blocker': { ...NEVER, ...STOPS, 'blocker-signalled': 'observing', 'sql-failed': 'observing' },
  'probing-lock': { ...NEVER, ...BACKS_OFF, 'lock-probed': 'recording-intent' },
  striking: { ...NEVER, ...BACKS_OFF, struck: 'verifying' },
  'backing-off': { ...NEVER, ...STOPS, waited: 'observing' },
  'inspecting-index': { ...NEVER, ...BACKS_OFF, 'index-inspected': 'observing', 'orphan-ended': 'inspecting-index' },
  'repairing-index': {
    ...NEVER,
    ...BACKS_OFF,
    'index-dropped': 'inspecting-index',
    'index-watched': 'repairing-index',
    'stop-requested': 'repairing-index',
  },
  'recording-intent': { ...NEVER, ...STOPS, recorded: 'building-index', 'sql-failed': 'closing' },
  'building-index': {
    ...NEVER,
    ...STOPS,
    'index-built': 'inspecting-index',
    'index-watched': 'building-index',
    'sql-failed': 'inspecting-index',
  },
  'starting-pass': { ...NEVER, ...BACKS_OFF, 'pass-started': 'copying' },
  copying: { ...NEVER, ...BACKS_OFF, 'pass-started': 'copying', 'batch-done': 'copying' },
  verifying: { ...NEVER, ...BACKS_OFF, 'condition-answered': 'striking', 'stop-requested': 'verifying' },
  recording: { ...NEVER, ...STOPS, recorded: 'striking', 'sql-failed': 'closing', 'stop-requested': 'recording' },
  'finishing-migration': {
    ...NEVER,
    ...STOPS,
    recorded: 'announcing',
    'sql-failed': 'closing',
    'stop-requested': 'finishing-migration',
  },
  closing: {
    ...NEVER,
    recorded: 'ended',
    'sql-failed': 'ended',
    'stop-requested': 'closing',
    'connection-lost': 'ended',
  },
  ended: { ...NEVER, 'stop-requested': 'ended', 'connection-lost': 'ended' },
};

const cells = STATE_KINDS.flatMap((state) =>
  (Object.keys(SAMPLE_INPUTS) as InputKind[]).map((input) => [state, input, EXPECTED[state][input]] as const),
);

describe('every cell of the transition table', () => {
  test.each(cells)('%s x %s -> %s', (stateKind, inputKind, expected) => {
    const state = SAMPLE_STATES[stateKind];
    for (const [place, detail] of SAMPLE_INPUTS[inputKind].entries()) {
      const input: RunInput = { ...detail, at: 1_000, random: 0.5 };
      if (expected === '-') {
        expect(() => transition(context, state, input)).toThrow(InvariantError);
        continue;
      }
      const answer = transition(context, state, input);
      if (place === 0) expect(answer.state.kind).toBe(expected);
      // Pure: the same question, the same answer, and JSON all the way down.
      expect(transition(context, state, input)).toEqual(answer);
      expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
      if (answer.state.kind === 'ended') expect(['none', 'carry-on']).toContain(answer.command.kind);
    }
  });

  test('docs/SPEC.md shows the same states and the same table', () => {
    const spec = readFileSync(new URL('../../docs/SPEC.md', import.meta.url), 'utf8');
    for (const state of STATE_KINDS) {
      const row = spec.split('\n').find((line) => line.startsWith(`| \`${state}\` |`));
      expect(row, `a row for ${state}`).toBeDefined();
      for (const [input, expected] of Object.entries(EXPECTED[state])) {
        if (expected === '-' || input === 'connection-lost') continue;
        expect(row, `${state} x ${input}`).toContain(`\`${input}\``);
      }
    }
  });
});
