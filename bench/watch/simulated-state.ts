import type { WaitForest } from '../../src/model/wait-forest.ts';
import type { WatchState } from '../../src/model/watch-state.ts';

/** A run of thirty steps in the middle of the tenth. */
export function simulatedState(waits: WaitForest): WatchState {
  return {
    run: '20261122T033015-abc123',
    database: '127.0.0.1:5432/shop',
    at: '2026-11-22T03:32:18.000Z',
    startedAt: '2026-11-22T03:30:15.000Z',
    elapsedMs: 123_000,
    runner: { state: 'working', pid: 2, silentMs: 1_000 },
    outcome: null,
    summary: null,
    nextCommand: null,
    commandLine: 'evenkeel apply migrations',
    steps: Array.from({ length: 30 }, (_, at) => ({
      migration: '0001_simulated',
      step: `${at}-step`,
      kind: 'transaction',
      phase: 'expand',
      state: at < 10 ? 'done' : at === 10 ? 'running' : 'pending',
      attempts: 1,
      why: 'Nothing but a simulation.',
    })),
    progress: null,
    exposure: {
      heldMs: 12,
      waitedInQueueMs: 28,
      strikes: 14,
      maxWaitersSeen: waits.behindRun.sessions,
      signalsSent: 0,
    },
    budget: { limitMs: 100, usedMs: waits.behindRun.longestMs, withdrawsInMs: 10 },
    lettingGo: null,
    waits,
    events: [],
    notes: [],
  };
}
