import type { Blocker, RunOutcome } from '../model/run-event.ts';
import type { WaitForest } from '../model/wait-forest.ts';
import type { WatchState } from '../model/watch-state.ts';
import { countText, durationText } from './quantity-text.ts';
import { pidText, sessionText } from './wait-text.ts';

/** How a run stands, in one sentence. */
export interface WatchVerdict {
  readonly tone: 'good' | 'attention' | 'bad';
  readonly sentence: string;
  readonly nextCommand: string | null;
  /** Stays the same while nothing but numbers change. */
  readonly key: string;
}

const OUTCOMES: Readonly<Record<RunOutcome, { readonly tone: WatchVerdict['tone']; readonly words: string }>> = {
  completed: { tone: 'good', words: 'The run completed' },
  gated: { tone: 'good', words: 'The run ended at a gate' },
  stopped: { tone: 'attention', words: 'The run stopped' },
  failed: { tone: 'bad', words: 'The run failed' },
};

/** Whether anybody waits because of the run, and for whom it waits itself; before that, whether it is alive at all. */
export function watchVerdict(state: WatchState): WatchVerdict {
  if (state.outcome !== null) {
    const { tone, words } = OUTCOMES[state.outcome];
    const sentence = state.summary === null ? `${words}.` : `${words}. ${state.summary}`;
    return { tone, sentence, nextCommand: state.nextCommand, key: `ended ${state.outcome}` };
  }
  if (state.runner.state === 'gone') return gone(state);
  if (state.runner.state === 'silent') return silent(state);
  if (state.waits.behindRun.sessions > 0) return heldUp(state);
  if (state.waits.runWaits !== null) return waitingInside(state.waits.runWaits);
  if (state.lettingGo !== null) return lettingGo(state.lettingGo);
  return { tone: 'good', sentence: 'Nobody is waiting because of the run.', nextCommand: null, key: 'free' };
}

function gone({ runner, commandLine }: WatchState): WatchVerdict {
  const last = runner.silentMs === null ? '' : `; its last sign of life was ${durationText(runner.silentMs)} ago`;
  return {
    tone: 'bad',
    sentence: `The runner died: it told no end, and nobody holds its lock${last}. The next run goes on where it stopped.`,
    nextCommand: commandLine ?? 'evenkeel resume',
    key: 'gone',
  };
}

/** It may only be cut off from the server, so nothing is to be done before somebody has looked. */
function silent({ runner, waits, commandLine }: WatchState): WatchVerdict {
  const { sessions } = waits.behindRun;
  const behind =
    sessions === 0 ? 'nobody waits behind it' : `${countText(sessions, 'session')} ${waitVerb(sessions)} behind it`;
  return {
    tone: 'bad',
    sentence: `The runner has given no sign of life for ${durationText(runner.silentMs ?? 0)}, but its session still holds the runner lock; ${behind}.`,
    nextCommand: `look whether the runner lives; if not: SELECT pg_terminate_backend(${runner.pid ?? '<pid>'}), then ${commandLine ?? 'evenkeel resume'}`,
    key: 'silent',
  };
}

function heldUp({ waits, budget }: WatchState): WatchVerdict {
  const { sessions, longestMs, on } = waits.behindRun;
  const where = on === null ? '' : ` on ${on}`;
  const end = budget.withdrawsInMs === null ? '' : `; it withdraws in ${durationText(budget.withdrawsInMs)}`;
  const sentence = `${countText(sessions, 'session')} ${waitVerb(sessions)} behind the run${where}, the longest for ${durationText(longestMs)}${end}.`;
  return { tone: 'bad', sentence, nextCommand: null, key: `held up ${on}` };
}

function waitVerb(sessions: number): string {
  return sessions === 1 ? 'waits' : 'wait';
}

function waitingInside(runWaits: NonNullable<WaitForest['runWaits']>): WatchVerdict {
  const { blockers, blockerCount, on, waitedMs } = runWaits;
  const [first] = blockers;
  const who = first === undefined ? on : `${sessionText(first.pid, first.who)}${others(blockerCount - 1)}`;
  return {
    tone: 'attention',
    sentence: `The run has waited ${durationText(waitedMs)} for ${who}; nobody waits behind it.`,
    nextCommand: null,
    key: `waits ${blockers.map(({ pid }) => pid).join(' ')}`,
  };
}

function lettingGo({ blockers, waitedMs }: NonNullable<WatchState['lettingGo']>): WatchVerdict {
  const [first] = blockers;
  const who = first === undefined ? 'others' : `${blockerText(first)}${others(blockers.length - 1)}`;
  return {
    tone: 'attention',
    sentence: `The run waits for ${who}, ${durationText(waitedMs)} so far, without asking for its lock; nobody waits behind it.`,
    nextCommand: null,
    key: `lets go ${blockers.map(({ pid }) => pid).join(' ')}`,
  };
}

function others(count: number): string {
  return count <= 0 ? '' : ` and ${countText(count, 'other')}`;
}

/** @example blockerText(blocker) // 'pid 812 (reports, idle in transaction for 3 min)' */
export function blockerText(blocker: Blocker): string {
  const { pid, user, applicationName, state, ageMs, isAutovacuum, query } = blocker;
  if (pid === null) return applicationName === null ? pidText(pid) : `the transaction ${applicationName}`;
  return sessionText(pid, { user, applicationName, state, transactionMs: ageMs, isAutovacuum, query });
}
