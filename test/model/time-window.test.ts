import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationOf } from '../../src/model/duration.ts';
import { msUntilClose, msUntilOpen, type TimeWindow, timeWindowOf } from '../../src/model/time-window.ts';

const at = (hours: number, minutes: number): Date => new Date(2026, 2, 3, hours, minutes);
const night = timeWindowOf('22:30-04:00')!;

describe('a window of hours', () => {
  it.each([
    ['02:00-04:00', { fromMinute: 120, toMinute: 240 }],
    ['2:05 - 4:00', { fromMinute: 125, toMinute: 240 }],
    ['22:30-04:00', { fromMinute: 1350, toMinute: 240 }],
    ['20:00-24:00', { fromMinute: 1200, toMinute: 0 }],
    ['02:00-02:00', null],
    ['00:00-24:00', null],
    ['24:00-02:00', null],
    ['2-4', null],
    ['02:60-04:00', null],
    ['', null],
  ])('%j', (text, expected) => {
    expect(timeWindowOf(text)).toEqual(expected);
  });

  it('over midnight', () => {
    expect(msUntilOpen(night, at(22, 0))).toBe(30 * 60_000);
    expect(msUntilOpen(night, at(23, 59))).toBe(0);
    expect(msUntilOpen(night, at(3, 59))).toBe(0);
    expect(msUntilOpen(night, at(4, 0))).toBe(18.5 * 3_600_000);
    expect(msUntilClose(night, at(3, 59))).toBe(60_000);
    expect(msUntilClose(night, at(22, 30))).toBe(5.5 * 3_600_000);
    expect(msUntilClose(night, at(12, 0))).toBe(0);
  });

  it('is open or will be, within a day, and is open when its time has come', () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    fc.assert(
      fc.property(
        minute,
        minute,
        fc.date({ min: at(0, 0), max: new Date(2026, 9, 30), noInvalidDate: true }),
        (from, to, now) => {
          fc.pre(from !== to);
          const window: TimeWindow = { fromMinute: from, toMinute: to };
          const open = msUntilOpen(window, now);
          const close = msUntilClose(window, now);
          expect(open === 0).toBe(close > 0);
          expect(Math.max(open, close)).toBeLessThanOrEqual(25 * 3_600_000);
          expect(msUntilOpen(window, new Date(now.getTime() + open))).toBe(0);
        },
      ),
    );
  });
});

it.each([
  ['500ms', 500],
  ['1.5s', 1_500],
  ['30 s', 30_000],
  ['5min', 300_000],
  ['2h', 7_200_000],
  ['0s', 0],
  ['5', null],
  ['5m', null],
  ['-5s', null],
  ['soon', null],
])('%j is a time of %s ms', (text, expected) => {
  expect(durationOf(text)).toBe(expected);
});
