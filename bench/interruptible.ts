import { EvenkeelError } from '../src/model/error.ts';

/** How long the work may take to end what it started before the process leaves without it. */
const LEAVE_WITHIN_MS = 15_000;

/** Two signals closer together than this are one wish: npm and tsx hand the terminal's Ctrl-C on as well. */
const SAME_WISH_MS = 500;

/**
 * Runs a command of the bench: answers its exit code, and on Ctrl-C (or SIGTERM, SIGHUP) aborts `signal`, waits until
 * the work has ended everything that it started, and leaves with 130. A second Ctrl-C leaves at once.
 */
export async function interruptible(work: (signal: AbortSignal) => Promise<number>): Promise<void> {
  const controller = new AbortController();
  let askedAtMs = 0;
  const interrupt = (): void => {
    const nowMs = performance.now();
    if (controller.signal.aborted) {
      if (nowMs - askedAtMs > SAME_WISH_MS) process.exit(130);
      return;
    }
    askedAtMs = nowMs;
    process.stderr.write('\nStopping everything that was started ...\n');
    controller.abort();
    setTimeout(() => process.exit(130), LEAVE_WITHIN_MS).unref();
  };
  // Whoever read our words may be gone; what was started has to be ended all the same.
  process.stderr.on('error', () => undefined);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  try {
    process.exitCode = await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) report(error);
  }
  if (controller.signal.aborted) process.exit(130);
}

function report(error: unknown): void {
  if (!(error instanceof EvenkeelError)) throw error;
  const next = error.nextCommand === null ? '' : `\nNext: ${error.nextCommand}`;
  process.stderr.write(`${error.message}${next}\n`);
  process.exitCode = error.exitCode;
}
