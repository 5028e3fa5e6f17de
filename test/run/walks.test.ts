import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunEventDetail } from '../../src/model/run-event.ts';
import type { Command } from '../../src/run/command.ts';
import type { Answer, RunContext, RunInputDetail, RunState } from '../../src/run/state.ts';
import { STATE_KINDS, transition } from '../../src/run/transitions.ts';
import { ANSWERS, blocker, context, initialState, QUIET, SAMPLE_INPUTS } from './machine-samples.ts';

interface Walked {
  readonly commands: readonly Command[];
  readonly inputs: readonly RunInputDetail[];
  readonly events: readonly RunEventDetail[];
  readonly answers: readonly Answer[];
}

interface Choice {
  readonly surprise: boolean;
  readonly kind: number;
  readonly variant: number;
  readonly ms: number;
  readonly random: number;
  readonly stop: boolean;
}

/** `EVENKEEL_WALKS=100000 npx vitest run test/run/walks.test.ts` takes some minutes. */
const WALKS = Number(process.env['EVENKEEL_WALKS'] ?? 400);

/** Mostly what goes well, so that walks get far; now and then anything that can come. */
const choices = fc.array(
  fc.record({
    surprise: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    kind: fc.nat(9),
    variant: fc.nat(19),
    ms: fc.oneof({ weight: 20, arbitrary: fc.nat(3_000) }, { weight: 1, arbitrary: fc.nat(900_000) }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    stop: fc.oneof({ weight: 80, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  }),
  { minLength: 20, maxLength: 300, size: 'max' },
);

/** What a server answers on a good day. */
function goodDay(state: RunState): RunInputDetail | null {
  const last = <K extends RunInputDetail['kind']>(kind: K, place: number): RunInputDetail =>
    SAMPLE_INPUTS[kind][place]!;
  switch (state.kind) {
    case 'probing-step':
      return last('condition-answered', state.step.kind === 'concurrent-index' ? 0 : 1);
    case 'inspecting-index':
      return last('index-inspected', (state.phase === 'before') === (state.step.id === 'index') ? 0 : 1);
    case 'building-index':
      return state.watch === null ? null : last('index-built', 0);
    case 'repairing-index':
      return last('index-dropped', 0);
    case 'copying':
      return last('batch-done', state.pass > 1 ? 1 : 2);
    default:
      return null;
  }
}

/** Walks as the loop does, with a server that answers as the dice say. */
function walk(given: RunContext, dice: readonly Choice[]): Walked {
  const commands: Command[] = [];
  const inputs: RunInputDetail[] = [];
  const answers: Answer[] = [];
  let at = 0;
  const take = (from: Answer['state'], detail: RunInputDetail, random: number): Answer => {
    const answer = transition(given, from, { ...detail, at, random });
    inputs.push(detail);
    answers.push(answer);
    return answer;
  };
  let { state, command } = take(initialState(), { kind: 'begun' }, 0);
  let told = false;
  for (const choice of dice) {
    if (state.kind === 'ended') break;
    at += choice.ms;
    if (choice.stop && !told) {
      told = true;
      const answer = take(state, { kind: 'stop-requested' }, choice.random);
      state = answer.state;
      command = answer.command.kind === 'carry-on' ? command : answer.command;
      continue;
    }
    const impossible = state.kind === 'repairing-index' ? 'index-built' : 'index-dropped';
    const kinds = ANSWERS[command.kind].filter((one) => command.kind === 'drop-index' || one !== impossible);
    const kind = kinds[choice.surprise ? choice.kind % kinds.length : 0]!;
    const variants = SAMPLE_INPUTS[kind];
    const any = variants[choice.surprise ? choice.variant % variants.length : 0]!;
    if (kind === 'stop-requested') told = true;
    commands.push(command);
    ({ state, command } = take(state, choice.surprise ? any : (goodDay(state) ?? any), choice.random));
  }
  return { commands, inputs, answers, events: answers.flatMap(({ events }) => events) };
}

function always(check: (walked: Walked) => void, given: RunContext = context): void {
  fc.assert(
    fc.property(choices, (dice) => check(walk(given, dice))),
    { numRuns: WALKS },
  );
}

/** The input that the n-th command brought. */
function answerTo({ commands, inputs, answers }: Walked, n: number): RunInputDetail | undefined {
  // Inputs that no command brought: the first, and a stop between two commands.
  let seen = -1;
  for (const [place, input] of inputs.entries()) {
    const before = answers[place - 1];
    if (place === 0 || (input.kind === 'stop-requested' && !ANSWERS[before!.command.kind].includes('stop-requested')))
      continue;
    seen += 1;
    if (seen === n) return input;
  }
  return commands[n] === undefined ? undefined : inputs.at(-1);
}

test('I1 every state that has not ended has something to do, and the end is told exactly once', () => {
  always(({ answers, events }) => {
    for (const { state, command } of answers) expect(command.kind === 'none').toBe(state.kind === 'ended');
    const ended = answers.at(-1)!.state.kind === 'ended';
    expect(events.filter(({ type }) => type === 'run:end')).toHaveLength(ended ? 1 : 0);
    expect(events.findIndex(({ type }) => type === 'run:end')).toBe(ended ? events.length - 1 : -1);
  });
});

test('I2 a brief strike follows directly on a look that saw nobody old', () => {
  always(({ answers, inputs }) => {
    for (const [place, { command }] of answers.entries()) {
      if (command.kind !== 'strike' || command.step.lockClass !== 'brief') continue;
      expect(inputs[place]).toMatchObject({ kind: 'holders-seen', blockers: [] });
    }
  });
});

test('I3 a concurrent build begins only after its intent was recorded, and after its lock was probed', () => {
  always(({ answers, inputs }) => {
    for (const [place, { command }] of answers.entries()) {
      if (command.kind !== 'build-index') continue;
      expect(inputs[place]!.kind).toBe('recorded');
      expect(answers[place - 1]!.command.kind).toBe('record-intent');
      expect(inputs[place - 1]!.kind).toBe('lock-probed');
    }
  });
});

test('I4 steps are finished in the order of the plan, each once, and none behind one that is not', () => {
  const order = context.migrations.flatMap(({ id, steps }) => steps.map((step) => `${id}/${step.id}`));
  always(({ events }) => {
    const finished = events.flatMap((event) =>
      event.type === 'step:done' || event.type === 'step:skip' || event.type === 'gate:passed'
        ? [`${event.migration}/${event.step}`]
        : [],
    );
    expect(finished).toEqual(order.slice(0, finished.length));
  });
});

test('I5 nothing behind a closed gate is begun', () => {
  always(({ events }) => {
    const begun = events.flatMap((event) => (event.type === 'step:start' ? [event.step] : []));
    expect(begun).not.toContain('gate');
    expect(begun).not.toContain('drop');
    expect(events.some((event) => event.type === 'run:end' && event.outcome === 'completed')).toBe(false);
  });
});

test('I6 a run is completed only when every step is done', () => {
  always(
    ({ events }) => {
      const end = events.at(-1);
      if (end?.type !== 'run:end' || end.outcome !== 'completed') return;
      expect(events.filter(({ type }) => type === 'migration:done')).toHaveLength(2);
    },
    { ...context, through: 'contract' },
  );
});

test('I7 after a request to stop nothing new is begun', () => {
  always(({ answers, inputs }) => {
    const stop = inputs.findIndex(({ kind }) => kind === 'stop-requested');
    if (stop === -1) return;
    for (const { command } of answers.slice(stop)) {
      expect([
        'strike',
        'build-index',
        'copy-batch',
        'record-intent',
        'probe-lock',
        'start-pass',
        'end-blocker',
        'end-orphan',
      ]).not.toContain(command.kind);
    }
  });
});

test('I8 who is fenced out, or has lost the connection, commands nothing any more', () => {
  always(({ answers, inputs }) => {
    const place = inputs.findIndex(
      (input) =>
        input.kind === 'connection-lost' || (input.kind === 'sql-failed' && input.failure.sqlstate === 'EK001'),
    );
    if (place === -1) return;
    const from = answers[place - 1]!.command.kind;
    // A failed build is first looked at, which writes nothing; the fence then stops it there.
    if (['build-index', 'watch-index', 'cancel-index'].includes(from)) return;
    expect(answers[place]!.state.kind).toBe('ended');
  });
});

test('I9 exposure only grows, and counts every strike', () => {
  always(({ answers, commands }) => {
    let before = { heldMs: 0, waitedInQueueMs: 0, strikes: 0, maxWaitersSeen: 0 };
    for (const { state } of answers) {
      for (const key of ['heldMs', 'waitedInQueueMs', 'strikes', 'maxWaitersSeen'] as const) {
        expect(state.exposure[key]).toBeGreaterThanOrEqual(before[key]);
      }
      before = state.exposure;
    }
    const strikes = commands.filter(
      (command) => command.kind === 'strike' && command.step.lockClass === 'brief',
    ).length;
    const lost = answers.at(-1)!.state.kind === 'ended' ? 1 : 0;
    expect(before.strikes).toBeGreaterThanOrEqual(strikes - lost);
    expect(before.strikes).toBeLessThanOrEqual(strikes);
  });
});

test('I12 only those whom a policy names are signalled, each signal told before it is sent, and never too many', () => {
  always(({ answers, inputs }) => {
    const sent = inputs.filter((input) => input.kind === 'blocker-signalled' && input.sent);
    expect(sent.length).toBeLessThanOrEqual(context.blockers.atMost);
    expect(answers.at(-1)!.state.exposure.signalsSent).toBe(sent.length);
    for (const [place, { command, events }] of answers.entries()) {
      if (command.kind !== 'end-blocker') continue;
      const input = inputs[place]!;
      const seen = input.kind === 'index-inspected' ? input.orphan : input;
      expect(['holders-seen', 'index-watched', 'index-inspected']).toContain(input.kind);
      expect(seen).toMatchObject({ blockers: [{ user: 'reports', ageMs: 90_000 }] });
      expect(events).toContainEqual(expect.objectContaining({ type: 'blocker:signal', action: command.action }));
    }
  });
});

test('I13 a statement about an index that is under way is watched to its end, unless the connection or the fence is lost', () => {
  always(({ answers, inputs }) => {
    let isUnderWay = false;
    for (const [place, { state, command }] of answers.entries()) {
      const input = inputs[place]!;
      if (input.kind === 'index-watched') isUnderWay = true;
      if (['index-built', 'index-dropped'].includes(input.kind)) isUnderWay = false;
      if (input.kind === 'sql-failed' && answers[place - 1]!.command.kind !== 'end-blocker') isUnderWay = false;
      if (!isUnderWay) continue;
      const isFenced = input.kind === 'sql-failed' && input.failure.sqlstate === 'EK001';
      if (input.kind === 'connection-lost' || isFenced) expect(state.kind).toBe('ended');
      else expect(['watch-index', 'cancel-index', 'end-blocker', 'carry-on']).toContain(command.kind);
    }
  });
});

test('I10 waiting ends: a table that never gets quiet stops the run within the limit', () => {
  let at = 0;
  let answer = transition(context, initialState(), { kind: 'begun', at, random: 0 });
  const reply: Partial<Record<Command['kind'], RunInputDetail>> = {
    'announce-migration': { kind: 'recorded' },
    'probe-condition': { kind: 'condition-answered', holds: false },
    observe: { kind: 'holders-seen', blockers: [blocker], yields: false, ...QUIET },
    'record-ending': { kind: 'recorded' },
  };
  while (answer.state.kind !== 'ended') {
    const { command } = answer;
    at += command.kind === 'observe' ? command.afterMs : 0;
    expect(at).toBeLessThanOrEqual(context.limits.maxLockWaitMs + context.limits.observeEveryMs.max);
    answer = transition(context, answer.state, { ...reply[command.kind]!, at, random: 0.5 });
  }
  expect(answer.state.ending.outcome).toBe('stopped');
  expect(answer.state.ending.summary).toMatch(/pid 7 \(psql, user ann, active\)/);
});

test('I11 between two strikes at least five budgets pass, and never more than the cap', () => {
  always((walked) => {
    for (const [n, command] of walked.commands.entries()) {
      if (command.kind !== 'strike' || command.step.lockClass !== 'brief') continue;
      const input = answerTo(walked, n);
      if (input?.kind !== 'sql-failed' || !['55P03', '40P01'].includes(input.failure.sqlstate ?? '')) continue;
      const next = walked.commands[n + 1];
      if (next?.kind !== 'wait') continue;
      expect(next.ms).toBeGreaterThanOrEqual(5 * command.lockTimeoutMs);
      expect(next.ms).toBeLessThanOrEqual(context.limits.backOffCapMs);
    }
  });
});

test('I14 a strike waits no longer than its step may, and a statement that is slow itself ends the run', () => {
  always(({ answers, inputs, commands }) => {
    for (const command of commands) {
      if (command.kind !== 'strike') continue;
      const isBrief = command.step.lockClass === 'brief';
      if (isBrief) expect(command.lockTimeoutMs).toBeLessThanOrEqual(command.step.lockTimeoutMs);
      expect(command.budget !== null).toBe(isBrief);
    }
    let slow = 0;
    for (const [place, input] of inputs.entries()) {
      const { state } = answers[place]!;
      if (answers[place - 1]?.command.kind !== 'strike') continue;
      if (input.kind === 'sql-failed' && input.failure.overdraft?.weWait === false) slow += 1;
      if (input.kind === 'struck' || state.kind === 'announcing') slow = 0;
      if (slow >= context.limits.maxSlowStrikes) expect(['closing', 'ended']).toContain(state.kind);
    }
  });
});

test('the walks get everywhere', () => {
  const reached = new Set<string>();
  const note = (walked: Walked): void => {
    for (const { state } of walked.answers) reached.add(state.kind);
    const end = walked.events.at(-1);
    if (end?.type === 'run:end') reached.add(end.outcome);
  };
  always(note);
  always(note, { ...context, through: 'contract' });
  for (const place of [...STATE_KINDS.slice(1), 'gated', 'stopped', 'failed', 'completed']) {
    expect([...reached]).toContain(place);
  }
});
