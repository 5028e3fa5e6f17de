import { InterruptedError } from '../model/error.ts';
import { TracedServer } from './traced-server.ts';

/**
 * Works on a server of our own, which is gone afterwards, whatever happens.
 *
 * @param what is done, for whoever stops it: `trace`.
 * @throws UsageError when there are no server binaries of that major; InterruptedError when `signal` asks for an end.
 */
export async function withTracedServer<Answer>(
  { major, what, signal }: { readonly major: number; readonly what: string; readonly signal: AbortSignal | undefined },
  work: (server: TracedServer) => Promise<Answer>,
): Promise<Answer> {
  refuseIfAborted(signal, what);
  const server = await TracedServer.start(major);
  const stop = (): void => void server.stop();
  signal?.addEventListener('abort', stop);
  try {
    refuseIfAborted(signal, what);
    return await work(server);
  } catch (error) {
    refuseIfAborted(signal, what);
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await server.stop();
  }
}

/** Ends the work where somebody has asked for it. */
export function refuseIfAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted !== true) return;
  throw new InterruptedError(`The ${what} was stopped before its end; nothing of it is left.`, {
    nextCommand: 'run the same command again',
  });
}
