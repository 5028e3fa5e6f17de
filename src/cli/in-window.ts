import { setTimeout as sleep } from 'node:timers/promises';
import { InterruptedError, UsageError } from '../model/error.ts';
import { msUntilClose, msUntilOpen, type TimeWindow, timeWindowOf } from '../model/time-window.ts';
import { durationText } from '../report/quantity-text.ts';
import type { CliContext } from './context.ts';

export interface InWindow<Answer> {
  readonly beforeWaiting: () => Promise<void>;
  readonly work: (signal: AbortSignal) => Promise<Answer>;
}

/** A wait of hours says now and then that it goes on. */
const TELL_EVERY_MS = 10 * 60_000;

/**
 * Does `work` while the window is open: waits for it to open, and asks for a clean stop when it closes.
 *
 * @param text `02:00-04:00`, or undefined: at once, and for as long as it takes.
 * @param beforeWaiting looks whether there is anything that would stop the work: nobody wants to hear of it at night.
 * @throws UsageError when it is no window; InterruptedError when the wait for it is interrupted.
 */
export async function inWindow<Answer>(
  text: string | undefined,
  context: Pick<CliContext, 'stderr'>,
  interrupted: AbortSignal,
  { beforeWaiting, work }: InWindow<Answer>,
): Promise<Answer> {
  if (text === undefined) return work(interrupted);
  const window = timeWindowOf(text);
  if (window === null) {
    throw new UsageError(`--plan-window takes two times of the day such as 02:00-04:00, not ${text}.`, {
      nextCommand: 'evenkeel apply --help',
    });
  }
  if (msUntilOpen(window, new Date()) > 0) await beforeWaiting();
  await untilOpen(window, text, context, interrupted);
  const closing = new AbortController();
  const timer = setTimeout(
    () => {
      context.stderr.write(`The window ${text} has closed; the run stops as soon as the step at hand allows.\n`);
      closing.abort();
    },
    msUntilClose(window, new Date()),
  );
  try {
    return await work(AbortSignal.any([interrupted, closing.signal]));
  } finally {
    clearTimeout(timer);
  }
}

async function untilOpen(
  window: TimeWindow,
  text: string,
  { stderr }: Pick<CliContext, 'stderr'>,
  interrupted: AbortSignal,
): Promise<void> {
  for (;;) {
    const waitMs = msUntilOpen(window, new Date());
    if (interrupted.aborted) {
      throw new InterruptedError(`Stopped while waiting for the window ${text}; nothing was begun.`, {
        nextCommand: 'run the same command again',
      });
    }
    if (waitMs === 0) return;
    stderr.write(`Waiting for the window ${text}, which opens in ${durationText(waitMs)}. Nothing is begun before.\n`);
    await sleep(Math.min(waitMs, TELL_EVERY_MS), undefined, { signal: interrupted }).catch(() => undefined);
  }
}
