import { describe, expect, it } from 'vitest';
import type { RunEvent, RunEventDetail } from '../../src/model/run-event.ts';
import { eventJson } from '../../src/report/event-json.ts';
import { PLAIN_PAINT } from '../../src/report/paint.ts';
import { type Progress, terminalProgress } from '../../src/report/progress-terminal.ts';

const STEP = { migration: '0003_index', step: '01-build' } as const;

const story: readonly RunEventDetail[] = [
  { type: 'run:start', migrations: 1, steps: 2, resumed: true },
  { type: 'run:note', note: 'the role cannot see the queries of others' },
  { type: 'run:waiting-for-runner', holderPid: 12, holder: 'evenkeel:control', ageMs: 3000 },
  { type: 'orphan:terminated', pid: 13, query: null },
  { type: 'orphan:adopted', pid: 14, query: null, migration: '0003_index', step: '01-build' },
  {
    type: 'index:progress',
    ...STEP,
    phase: 'waiting for old snapshots',
    percent: null,
    etaMs: null,
    waitingForPid: 98,
    waitingFor: {
      pid: 98,
      class: 'idle-in-transaction',
      backendStart: '2026-01-01 00:00:00+00',
      relation: 'public.orders',
      mode: null,
      user: 'reporting',
      applicationName: 'nightly',
      state: 'idle in transaction',
      ageMs: 65_000,
      isAutovacuum: false,
      query: 'SELECT sum(total_cents) FROM invoices',
    },
    elapsedMs: 4000,
  },
  { type: 'migration:start', migration: '0003_index', steps: 2 },
  { type: 'step:start', ...STEP, kind: 'concurrent-index', phase: 'expand', why: 'Built while everybody works on.' },
  {
    type: 'lock:wait',
    ...STEP,
    waitedMs: 1500,
    blockers: [
      {
        pid: 99,
        relation: 'public.orders',
        mode: 'ACCESS SHARE',
        user: 'reporting',
        applicationName: 'nightly',
        state: 'active',
        ageMs: 65_000,
        class: 'idle-in-transaction',
        backendStart: null,
        isAutovacuum: false,
        query: 'SELECT sum(total_cents)\n FROM orders',
      },
      {
        pid: null,
        relation: 'public.orders',
        mode: 'ROW EXCLUSIVE',
        user: null,
        applicationName: null,
        state: null,
        ageMs: null,
        class: 'idle-in-transaction',
        backendStart: null,
        isAutovacuum: false,
        query: null,
      },
    ],
  },
  { type: 'lock:clear', ...STEP, waitedMs: 65_200 },
  { type: 'lock:timeout', ...STEP, attempt: 1, budgetMs: 100, retryInMs: 700 },
  { type: 'index:repair', ...STEP, index: 'public.i', reason: 'an earlier build left it invalid' },
  {
    type: 'index:progress',
    ...STEP,
    phase: 'building index',
    percent: 42.5,
    etaMs: 90_000,
    waitingForPid: 99,
    waitingFor: null,
    elapsedMs: 2000,
  },
  { type: 'scan:progress', ...STEP, elapsedMs: 5000 },
  { type: 'backfill:batch', ...STEP, rowsDone: 1000, rowsEstimate: 40_000, rowsPerSecond: 999.6, etaMs: 39_000 },
  { type: 'step:done', ...STEP, attempts: 2, elapsedMs: 3210, heldMs: 4 },
  { type: 'step:skip', migration: '0003_index', step: '02-x', reason: 'its effect is there already' },
  { type: 'gate:closed', ...STEP, deploy: 'the new code', nextCommand: 'evenkeel apply x --past-gate y' },
  { type: 'gate:passed', ...STEP },
  { type: 'step:failed', ...STEP, sqlstate: '23505', message: 'two rows have the same email', hint: 'Mend them' },
  { type: 'migration:done', migration: '0003_index' },
  {
    type: 'run:end',
    outcome: 'stopped',
    summary: '1 of 2 steps done.',
    nextCommand: 'evenkeel apply x',
    exposure: { heldMs: 12, waitedInQueueMs: 100, strikes: 3, maxWaitersSeen: 1, signalsSent: 0 },
  },
];

interface Stage {
  readonly progress: Progress;
  readonly written: string[];
  /** Lets time go by; the heartbeat beats as it would. */
  pass(elapsedMs: number): void;
  tell(detail: RunEventDetail): void;
}

function stage(isTerminal: boolean): Stage {
  const written: string[] = [];
  let nowMs = 0;
  let seq = 0;
  let beat: { tick: () => void; everyMs: number } | null = null;
  const progress = terminalProgress({
    write: (text) => void written.push(text),
    isTerminal,
    columns: 60,
    paint: PLAIN_PAINT,
    now: () => nowMs,
    repeat: (tick, everyMs) => {
      beat = { tick, everyMs };
      return () => {
        beat = null;
      };
    },
  });
  return {
    progress,
    written,
    pass: (elapsedMs) => {
      const endMs = nowMs + elapsedMs;
      while (nowMs < endMs) {
        nowMs = Math.min(endMs, nowMs + (beat?.everyMs ?? elapsedMs));
        beat?.tick();
      }
    },
    tell: (detail) => {
      seq += 1;
      progress.listen(eventOf(detail, seq));
    },
  };
}

function eventOf(detail: RunEventDetail, seq: number): RunEvent {
  return { seq, at: '2026-01-05T09:00:00.000Z', run: 'r1', ...detail };
}

const batch = (rowsDone: number): RunEventDetail => ({
  type: 'backfill:batch',
  ...STEP,
  rowsDone,
  rowsEstimate: null,
  rowsPerSecond: 1000,
  etaMs: null,
});

describe('without a terminal', () => {
  it('writes one line a state change, in words', () => {
    const { tell, written } = stage(false);
    for (const detail of story) tell(detail);
    expect(written.join('')).toMatchInlineSnapshot(`
      "09:00:00 taking up the run that was left: 1 migration, 2 steps
      09:00:00 note: the role cannot see the queries of others
      09:00:00 another runner is at work (evenkeel:control, server process 12, for 3 s), waiting for it
      09:00:00 ended server process 13, which a runner that died had left behind
      09:00:00 0003_index/01-build: server process 14, which a runner that died had left behind, still builds this index: waiting for it
      09:00:00 0003_index/01-build: waiting for old snapshots, 4 s so far, waits for server process 98, reporting, nightly, idle in transaction, open for 1 min 5 s, sees the database as it was before: SELECT sum(total_cents) FROM invoices
      09:00:00 0003_index: 2 steps
      09:00:00 0003_index/01-build: expand: Built while everybody works on.
      09:00:00 0003_index/01-build: not asking for the lock yet, 1.5 s so far: server process 99, reporting, nightly, active, open for 1 min 5 s holds ACCESS SHARE on public.orders: SELECT sum(total_cents) FROM orders; a prepared transaction holds ROW EXCLUSIVE on public.orders
      09:00:00 0003_index/01-build: the way is clear after 1 min 5 s
      09:00:00 0003_index/01-build: attempt 1 did not get the lock within 100 ms, next in 700 ms
      09:00:00 0003_index/01-build: building public.i again: an earlier build left it invalid
      09:00:00 0003_index/01-build: building index 42 %, about 1 min 30 s left of that, 2 s so far, waits for server process 99
      09:00:00 0003_index/01-build: reading the table, 5 s so far
      09:00:00 0003_index/01-build: 1,000 rows of about 40,000, 1,000 rows a second, about 39 s left
      09:00:00 0003_index/01-build: done in 3.2 s, locks held 4 ms, 2 attempts
      09:00:00 0003_index/02-x: skipped: its effect is there already
      09:00:00 0003_index/01-build: the gate is closed
      09:00:00 0003_index/01-build: gate passed
      09:00:00 0003_index/01-build: failed: two rows have the same email (SQLSTATE 23505)
      09:00:00 0003_index: applied
      1 of 2 steps done.
      The run held locks for 12 ms in 3 strikes, stood in lock queues in vain for 100 ms, at most 1 session seen waiting behind it.
      Next: evenkeel apply x
      "
    `);
  });

  it('thins out what is passing to one line in ten seconds', () => {
    const { tell, pass, written } = stage(false);
    for (let second = 0; second <= 25; second += 1) {
      tell(batch(second * 1000));
      pass(1000);
    }
    expect(written).toHaveLength(3);
  });

  it('says so every ten seconds while nothing happens', () => {
    const { tell, pass, written } = stage(false);
    tell({ type: 'step:start', ...STEP, kind: 'transaction', phase: 'expand', why: 'Because.' });
    pass(25_000);
    expect(written).toMatchInlineSnapshot(`
      [
        "09:00:00 0003_index/01-build: expand: Because.
      ",
        "09:00:00 0003_index/01-build: expand: Because. (still, 10 s later)
      ",
        "09:00:00 0003_index/01-build: expand: Because. (still, 20 s later)
      ",
      ]
    `);
  });

  it('is silent once it is closed', () => {
    const { tell, pass, progress, written } = stage(false);
    tell({ type: 'migration:done', migration: '0003_index' });
    progress.close();
    pass(60_000);
    expect(written).toHaveLength(1);
  });
});

describe('on a terminal', () => {
  it('writes what is passing over itself, never longer than the line', () => {
    const { tell, progress, written } = stage(true);
    tell(batch(1000));
    tell(batch(1_000_000));
    tell({ type: 'step:done', ...STEP, attempts: 1, elapsedMs: 10, heldMs: null });
    tell(batch(1000));
    progress.close();
    expect(written.map((text) => text.replace('\r\x1b[2K', '<clear>'))).toMatchInlineSnapshot(`
      [
        "<clear>09:00:00 0003_index/01-build: 1,000 rows, 1,000 rows a s...",
        "<clear>09:00:00 0003_index/01-build: 1,000,000 rows, 1,000 rows...",
        "<clear>09:00:00 0003_index/01-build: done in 10 ms
      ",
        "<clear>09:00:00 0003_index/01-build: 1,000 rows, 1,000 rows a s...",
        "
      ",
      ]
    `);
  });
});

it('writes NDJSON that reads back as the events', () => {
  const events = story.map((detail, index) => eventOf(detail, index));
  const lines = events.map(eventJson).join('').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(events);
});
