import type { WatchState } from '../../src/model/watch-state.ts';
import type { LockSample } from '../../src/watch/lock-sample.ts';
import { waitForest } from '../../src/watch/wait-forest.ts';

const STEP = { migration: '0003_note', kind: 'transaction', phase: 'expand' } as const;

/** A run in the middle of its second step; what others do around it comes from `sample`. */
export function watchedState(sample: LockSample, more: Partial<WatchState> = {}): WatchState {
  const waits = waitForest(sample);
  return {
    run: '20261122T033015-abc123',
    database: 'db.example:5432/shop',
    at: '2026-11-22T03:32:18.000Z',
    startedAt: '2026-11-22T03:30:15.000Z',
    elapsedMs: 123_000,
    runner: { state: 'working', pid: 899, silentMs: 1_200 },
    outcome: null,
    summary: null,
    nextCommand: null,
    commandLine: 'evenkeel apply migrations',
    steps: [
      { ...STEP, step: '01-add', state: 'done', attempts: 1, why: 'A column without a default is catalog work.' },
      { ...STEP, step: '02-note', state: 'running', attempts: 2, why: 'The lock is held for milliseconds.' },
      { ...STEP, step: '03-gate', kind: 'gate', state: 'pending', attempts: 0, why: 'Old code still writes it.' },
    ],
    progress: null,
    exposure: { heldMs: 12, waitedInQueueMs: 128, strikes: 3, maxWaitersSeen: 17, signalsSent: 0 },
    budget: { limitMs: 100, usedMs: waits.behindRun.longestMs, withdrawsInMs: waits.runWaits === null ? null : 60 },
    lettingGo: null,
    waits,
    events: [
      { seq: 1, at: '2026-11-22T03:30:15.000Z', run: 'r', type: 'run:start', migrations: 1, steps: 3, resumed: false },
    ],
    notes: [],
    ...more,
  };
}

export const NOBODY: LockSample = { locks: [], sessions: [] };
