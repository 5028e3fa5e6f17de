import type { WaitNode } from '../model/wait-forest.ts';
import type { WatchState } from '../model/watch-state.ts';
import { watchVerdict } from './watch-verdict.ts';

/** What is seen of a run at one moment, as one line of NDJSON; its events are lines of their own. */
export function watchFrameJson(state: WatchState): string {
  const { events: _, at, run, ...rest } = state;
  const { sentence, nextCommand } = watchVerdict(state);
  return `${JSON.stringify({ type: 'watch:frame', at, run, verdict: sentence, ...rest, nextCommand })}\n`;
}

/** The same for two moments between which nothing changed but the time that goes by. */
export function watchChangeKey(state: WatchState): string {
  const { runner, outcome, steps, progress, waits } = state;
  const states = steps.map((step) => `${step.state} ${step.attempts}`);
  const percent =
    progress?.fraction == null ? progress?.doing : `${progress.doing} ${Math.floor(100 * progress.fraction)}`;
  return JSON.stringify([watchVerdict(state).key, runner.state, outcome, states, percent, waits.roots.map(shape)]);
}

function shape({ count, pids, behind, children }: WaitNode): readonly unknown[] {
  return [count, pids, behind, children.map(shape)];
}
