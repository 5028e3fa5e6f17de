import type { CliContext } from './context.ts';

/** After a second Ctrl+C, as shells have it for SIGINT. */
const INTERRUPTED_EXIT_CODE = 130;

/** npm passes a Ctrl+C on that the terminal has sent to us already: one key press arrives twice. */
const SAME_KEY_PRESS_MS = 300;

/**
 * The first signal asks for a clean stop, the second leaves at once.
 *
 * @param sentence what the first one is answered with, without its full stop.
 */
export function interruption(
  context: CliContext,
  sentence: string,
): { readonly signal: AbortSignal; readonly close: () => void } {
  const controller = new AbortController();
  let firstAtMs = 0;
  const close = context.onInterrupt(() => {
    if (controller.signal.aborted) {
      if (context.now() - firstAtMs >= SAME_KEY_PRESS_MS) context.exitNow(INTERRUPTED_EXIT_CODE);
      return;
    }
    firstAtMs = context.now();
    context.stderr.write(`${sentence}; press Ctrl+C again to leave at once.\n`);
    controller.abort();
  });
  return { signal: controller.signal, close };
}
