import type { RunOptions } from '../run/run-plan.ts';
import type { RunControls } from './run-controls.ts';

/**
 * What a caller controls, in the words of the run.
 *
 * @param command what does the same on the command line.
 */
export function runOptions(controls: RunControls, command: string): Omit<RunOptions, 'plan'> {
  const { databaseUrl, through, pastGate, commandLine, onEvent, signal, maxWaitMs, blockers, queue, afterWatchMs } =
    controls;
  return {
    url: databaseUrl,
    through: through ?? 'migrate',
    passGate: pastGate ?? null,
    commandLine: commandLine ?? command,
    onEvent: onEvent ?? (() => undefined),
    ...(signal === undefined ? {} : { signal }),
    ...(maxWaitMs === undefined ? {} : { limits: { maxLockWaitMs: maxWaitMs } }),
    ...(blockers === undefined ? {} : { blockers }),
    ...(afterWatchMs === undefined ? {} : { afterWatchMs }),
    ...(queue === undefined ? {} : { queue }),
  };
}
