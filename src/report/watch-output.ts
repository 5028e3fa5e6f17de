import type { RunEvent } from '../model/run-event.ts';
import type { WatchState } from '../model/watch-state.ts';
import { eventJson } from './event-json.ts';
import type { Paint } from './paint.ts';
import type { Progress } from './progress-terminal.ts';
import { watchFrame } from './watch-frame.ts';
import { watchChangeKey, watchFrameJson } from './watch-json.ts';
import { watchVerdict } from './watch-verdict.ts';

/** Takes what every look at a run brings. */
export interface WatchOutput {
  readonly show: (state: WatchState, newEvents: readonly RunEvent[]) => void;
  /** Leaves the terminal as it was found, with the last picture on it. */
  readonly close: () => void;
}

/** A page of its own without a cursor; what stood on the terminal before comes back at the end. */
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_TO_LINE_END = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

/**
 * A picture that is drawn over: each frame is one write that begins at the top and never empties the page first, so
 * that nothing flickers.
 */
export function watchScreen(options: {
  readonly write: (text: string) => void;
  /** Asked before every frame, as a terminal may change its size. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  readonly paint: Paint;
}): WatchOutput {
  const { write, size, paint } = options;
  let isOpen = false;
  let last: WatchState | null = null;
  return {
    show: (state) => {
      last = state;
      const frame = watchFrame(state, { ...size(), paint });
      write(
        `${isOpen ? '' : ENTER}${HOME}${frame.replaceAll('\n', `${CLEAR_TO_LINE_END}\r\n`)}${CLEAR_TO_LINE_END}${CLEAR_BELOW}`,
      );
      isOpen = true;
    },
    close: () => {
      if (!isOpen || last === null) return;
      isOpen = false;
      write(`${LEAVE}${watchFrame(last, { ...size(), paint })}\n`);
    },
  };
}

/** Without a terminal: every event as a line, as `apply` writes them, and a sentence when the verdict is another. */
export function watchLog(options: {
  readonly write: (text: string) => void;
  readonly paint: Paint;
  /** Where events go; shared with `apply`. */
  readonly progress: Progress;
}): WatchOutput {
  const { write, paint, progress } = options;
  let key = '';
  return {
    show: (state, newEvents) => {
      for (const event of newEvents) progress.listen(event);
      const verdict = watchVerdict(state);
      // The end is told by its own event; without one it is told here.
      const isTold = state.events.at(-1)?.type === 'run:end';
      if (verdict.key === key || isTold) return;
      key = verdict.key;
      write(`${state.at.slice(11, 19)} ${paint.bold(verdict.sentence)}\n`);
      if (verdict.nextCommand !== null) write(`Next: ${paint.cyan(verdict.nextCommand)}\n`);
    },
    close: progress.close,
  };
}

/** One JSON object a line: the events as the run told them, and what is seen around it whenever that changes. */
export function watchJson(write: (text: string) => void): WatchOutput {
  let key = '';
  return {
    show: (state, newEvents) => {
      for (const event of newEvents) write(eventJson(event));
      const now = watchChangeKey(state);
      if (now === key) return;
      key = now;
      write(watchFrameJson(state));
    },
    close: () => undefined,
  };
}
