import fc from 'fast-check';
import pico from 'picocolors';
import { describe, expect, test } from 'vitest';
import type { WatchState } from '../../src/model/watch-state.ts';
import { displayWidth } from '../../src/report/display-width.ts';
import { fitLine } from '../../src/report/fit-line.ts';
import { PLAIN_PAINT } from '../../src/report/paint.ts';
import { terminalProgress } from '../../src/report/progress-terminal.ts';
import { watchFrame } from '../../src/report/watch-frame.ts';
import { watchJson, watchLog, watchScreen } from '../../src/report/watch-output.ts';
import { watchVerdict } from '../../src/report/watch-verdict.ts';
import type { LockSample } from '../../src/watch/lock-sample.ts';
import { anySample, lock, queueBehindRun, session } from '../watch/lock-samples.ts';
import { NOBODY, watchedState } from './watch-states.ts';

const ESCAPE = '\u001b';
const behindRun = watchedState(queueBehindRun(412));

function frame(state: WatchState, columns = 110, rows = 24): readonly string[] {
  return watchFrame(state, { columns, rows, paint: PLAIN_PAINT }).split('\n');
}

describe('the picture', () => {
  test('says first what matters, then shows it', () => {
    expect(frame(behindRun)).toMatchInlineSnapshot(`
      [
        "412 sessions wait behind the run on public.orders, the longest for 38 ms; it withdraws in 60 ms.",
        "db.example:5432/shop, run 20261122T033015-abc123, for 2 min 3 s, 1 of 3 steps done",
        "Budget [########------------] longest stall now 38 ms of 100 ms; so far locks held 12 ms in 3 strikes, in q...",
        "",
        "Steps",
        "  done   expand   0003_note/01-add: A column without a default is catalog work.",
        "  > now  expand   0003_note/02-note, 2 attempts: The lock is held for milliseconds.",
        "         expand   0003_note/03-gate: Old code still writes it.",
        "",
        "Who waits for whom",
        "  pid 812 (metabase, active for 4 min 12 s), holds ACCESS SHARE on public.orders: SELECT sum(total) FROM or...",
        "  \`- the run, pid 900, waits for ACCESS EXCLUSIVE on public.orders, 40 ms",
        "     \`- 412 x shop, active for 10 ms, queues for ACCESS SHARE on public.orders, the longest 38 ms: SELECT *...",
        "",
        "Events",
        "  03:30:15 run: 1 migration, 3 steps",
      ]
    `);
  });

  test('fits every terminal, whatever waits', () => {
    const size = fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(anySample, size, (sample, [columns, rows]) => {
        const lines = frame(watchedState(sample), columns, rows);
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      }),
    );
  });

  test('measures wide letters by the columns that they take', () => {
    const sample: LockSample = {
      sessions: [session('1', { query: 'UPDATE 価格 SET 価格 = ?' }), session('2')],
      locks: [lock('1', 'public."価格"', 'EXCLUSIVE', null), lock('2', 'public."価格"', 'EXCLUSIVE', 5)],
    };
    for (const columns of [40, 71, 72, 73, 90]) {
      for (const line of frame(watchedState(sample), columns)) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  test('has colours only where they are wanted, and they take no room', () => {
    const paint = pico.createColors(true);
    const painted = watchFrame(behindRun, { columns: 80, rows: 24, paint });
    expect(painted).toContain(ESCAPE);
    expect(frame(behindRun, 80).join('\n')).not.toContain(ESCAPE);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
    expect(painted.replaceAll(/\u001b\[[0-9;]*m/g, '')).toBe(frame(behindRun, 80).join('\n'));
  });

  test('takes out what would steer the terminal', () => {
    const sample: LockSample = {
      sessions: [session('1', { applicationName: `x${ESCAPE}[2J` }), session('2')],
      locks: [lock('1', 'public.t', 'EXCLUSIVE', null), lock('2', 'public.t', 'EXCLUSIVE', 5)],
    };
    expect(frame(watchedState(sample)).join('\n')).not.toContain(ESCAPE);
  });

  test('ten thousand who wait alike are one line, ten thousand who differ end in a count', () => {
    expect(frame(watchedState(queueBehindRun(10_000))).filter((line) => line.includes('10,000 x'))).toHaveLength(1);
    const ids = Array.from({ length: 10_000 }, (_, at) => String(at + 10));
    const differing: LockSample = {
      sessions: [session('1'), ...ids.map((id) => session(id, { applicationName: `service ${id}` }))],
      locks: [
        lock('1', 'public.t', 'ACCESS EXCLUSIVE', null),
        ...ids.map((id) => lock(id, 'public.t', 'ACCESS SHARE', 5)),
      ],
    };
    const lines = frame(watchedState(differing), 100, 30);
    expect(lines).toHaveLength(30);
    expect(lines.find((line) => line.includes('more session'))).toMatch(/ {2}\.\.\. and 9,9\d\d more sessions/);
  });

  test('says how far the step at hand is, with ranges', () => {
    const progress: WatchState['progress'] = {
      doing: 'changing rows of public.orders',
      unit: 'row',
      done: 120_000,
      total: 1_000_000,
      fraction: 0.12,
      perSecond: { from: 4_000, to: 5_200 },
      leftMs: { from: 169_000, to: null },
    };
    const line = frame(watchedState(NOBODY, { progress }), 150).find((one) => one.includes('12 %'));
    expect(line?.trim()).toBe(
      '[##------------------] 12 % 120,000 rows of about 1,000,000, 4,000 to 5,200 a second, 2 min 49 s left or more, changing rows of public.orders',
    );
  });
});

test('a line that just fits is not cut', () => {
  expect(fitLine([{ text: '12345' }, { text: '678' }], 8)).toBe('12345678');
  expect(fitLine([{ text: '12345' }, { text: '6789' }], 8)).toBe('12345...');
  expect(fitLine([{ text: '価格価格' }], 6)).toBe('価...');
  expect(fitLine([{ text: 'abc' }], 2)).toBe('..');
});

describe('the verdict', () => {
  const blocker = {
    pid: 812,
    class: 'idle-in-transaction',
    backendStart: null,
    relation: 'public.orders',
    mode: 'ACCESS SHARE',
    user: 'bi',
    applicationName: 'reports',
    state: 'idle in transaction',
    ageMs: 180_000,
    isAutovacuum: false,
    query: null,
  } as const;
  const heldBack: LockSample = {
    ...queueBehindRun(0),
    sessions: queueBehindRun(0).sessions.map((one) =>
      one.pid === 812 ? { ...one, state: 'idle in transaction' } : one,
    ),
  };

  test.each<[string, WatchState]>([
    ['Nobody is waiting because of the run.', watchedState(NOBODY)],
    ['412 sessions wait behind the run on public.orders, the longest for 38 ms; it withdraws in 60 ms.', behindRun],
    [
      'The run has waited 40 ms for pid 812 (metabase, idle in transaction for 4 min 12 s); nobody waits behind it.',
      watchedState(heldBack),
    ],
    [
      'The run waits for pid 812 (reports, idle in transaction for 3 min), 9 s so far, without asking for its lock; nobody waits behind it.',
      watchedState(NOBODY, { lettingGo: { blockers: [blocker], waitedMs: 9_000 } }),
    ],
    [
      'The run completed. 3 of 3 steps done.',
      watchedState(NOBODY, { outcome: 'completed', summary: '3 of 3 steps done.' }),
    ],
    [
      'The runner died: it told no end, and nobody holds its lock; its last sign of life was 40 s ago. The next run goes on where it stopped.',
      watchedState(NOBODY, { runner: { state: 'gone', pid: 1, silentMs: 40_000 } }),
    ],
  ])('%s', (sentence, state) => {
    expect(watchVerdict(state).sentence).toBe(sentence);
  });
});

describe('written out', () => {
  function collect(): { readonly written: string[]; readonly write: (text: string) => void } {
    const written: string[] = [];
    return { written, write: (text) => void written.push(text) };
  }

  test('a frame is one write over the last one, and the cursor comes back', () => {
    const { written, write } = collect();
    const screen = watchScreen({ write, size: () => ({ columns: 80, rows: 24 }), paint: PLAIN_PAINT });
    screen.show(behindRun, []);
    screen.show(watchedState(NOBODY), []);
    expect(written).toHaveLength(2);
    expect(written[0]).toMatch(new RegExp(`^${ESCAPE}\\[\\?1049h${ESCAPE}\\[\\?25l${ESCAPE}\\[H412 sessions`));
    expect(written[1]?.startsWith(`${ESCAPE}[HNobody is waiting`)).toBe(true);
    expect(written.join('')).not.toContain(`${ESCAPE}[2J`);
    screen.close();
    screen.close();
    expect(written).toHaveLength(3);
    expect(written[2]?.startsWith(`${ESCAPE}[?25h${ESCAPE}[?1049lNobody is waiting`)).toBe(true);
  });

  test('a terminal that nothing was drawn on is left alone', () => {
    const { written, write } = collect();
    watchScreen({ write, size: () => ({ columns: 80, rows: 24 }), paint: PLAIN_PAINT }).close();
    expect(written).toEqual([]);
  });

  test('a log has a line for every event, and one when the verdict changes', () => {
    const { written, write } = collect();
    const progress = terminalProgress({
      write,
      isTerminal: false,
      columns: 80,
      paint: PLAIN_PAINT,
      now: () => 0,
      repeat: () => () => undefined,
    });
    const log = watchLog({ write, paint: PLAIN_PAINT, progress });
    const free = watchedState(NOBODY);
    log.show(free, free.events);
    log.show({ ...free, elapsedMs: 5 }, []);
    log.show(behindRun, []);
    log.close();
    expect(written).toEqual([
      '03:30:15 run: 1 migration, 3 steps\n',
      '03:32:18 Nobody is waiting because of the run.\n',
      '03:32:18 412 sessions wait behind the run on public.orders, the longest for 38 ms; it withdraws in 60 ms.\n',
    ]);
  });

  test('JSON has the events as they are, and a picture when something changed but the time', () => {
    const { written, write } = collect();
    const json = watchJson(write);
    json.show(behindRun, behindRun.events);
    json.show({ ...behindRun, elapsedMs: 5, at: '2026-11-22T03:32:19.000Z' }, []);
    json.show(watchedState(NOBODY), []);
    const lines = written.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ type }) => type)).toEqual(['run:start', 'watch:frame', 'watch:frame']);
    expect(lines[0]).toEqual(behindRun.events[0]);
    expect(lines[1]).toMatchObject({
      run: behindRun.run,
      verdict: watchVerdict(behindRun).sentence,
      waits: { waiters: 413, behindRun: { sessions: 412 } },
    });
    expect(lines[1]).not.toHaveProperty('events');
  });
});
