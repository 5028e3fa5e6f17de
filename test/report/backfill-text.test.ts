import { expect, test } from 'vitest';
import type { BackfillEvent } from '../../src/model/backfill.ts';
import { backfillEventText } from '../../src/report/backfill-event-text.ts';
import { backfillProgress } from '../../src/report/backfill-progress.ts';
import { PLAIN_PAINT } from '../../src/report/paint.ts';

const AT = { at: '2026-03-01T09:08:07.000Z', backfill: 3 };

function progress(fraction: number, heldBy: string | null = null): BackfillEvent {
  return {
    ...AT,
    type: 'backfill:progress',
    rowsDone: 1_200,
    rowsEstimate: 4_000,
    fraction,
    rowsPerSecond: 350,
    etaMs: [8_000, 95_000],
    workers: 2,
    heldBy,
  };
}

function written(isTerminal: boolean, events: readonly [atMs: number, event: BackfillEvent][]): string {
  let text = '';
  let now = 0;
  const write = (more: string): void => {
    text += more;
  };
  const output = backfillProgress({ write, isTerminal, columns: 200, paint: PLAIN_PAINT, now: () => now });
  for (const [atMs, event] of events) {
    now = atMs;
    output.listen(event);
  }
  output.close();
  return text;
}

test('progress says how far, how fast, and how long the rest may take; held, it says by what', () => {
  expect(backfillEventText(progress(0.3))).toBe(
    '30 %, 1,200 rows of about 4,000, 350 rows a second, 8 s to 1 min 35 s left',
  );
  expect(backfillEventText(progress(0.3, 'standby copy is 80 MB behind, the limit is 64 MB'))).toBe(
    '30 %, 1,200 rows of about 4,000, held: standby copy is 80 MB behind, the limit is 64 MB',
  );
});

test('in a log, progress is a line every ten seconds, and everything else comes at once', () => {
  const lines = written(false, [
    [1_000, progress(0.1)],
    [2_000, { ...AT, type: 'backfill:hold', by: 'slot-lag', sentence: 'slot a is 2 GB behind' }],
    [9_000, progress(0.2)],
    [10_000, progress(0.3)],
    [11_000, progress(0.4)],
    [20_000, progress(0.5)],
  ]);
  expect(lines.split('\n').map((line) => line.slice(0, 30))).toEqual([
    '09:08:07 holds: slot a is 2 GB',
    '09:08:07 30 %, 1,200 rows of a',
    '09:08:07 50 %, 1,200 rows of a',
    '',
  ]);
});

test('on a terminal it is one line with a bar, which other words push aside', () => {
  const text = written(true, [
    [1_000, progress(0.5)],
    [2_000, { ...AT, type: 'backfill:go', heldMs: 1_500 }],
    [3_000, progress(1)],
  ]);
  expect(text).toBe(
    [
      '\r\x1b[2K[##########..........] 50 %, 1,200 rows of about 4,000, 350 rows a second, 8 s to 1 min 35 s left',
      '\r\x1b[2K09:08:07 goes on, after 1.5 s\n',
      '\r\x1b[2K[####################] 100 %, 1,200 rows of about 4,000, 350 rows a second, 8 s to 1 min 35 s left\n',
    ].join(''),
  );
});
