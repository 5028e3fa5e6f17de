import type { RunOptions } from '../run/run-plan.ts';
import type { RunControls } from './run-controls.ts';

/** What a caller controls, in the words of the run. */
export function runOptions(controls: RunControls): Omit<RunOptions, 'plan'> {
  const { databaseUrl, through, pastGate, commandLine, onEvent, signal, maxWaitMs, blockers } = controls;
  return {
    url: databaseUrl,
    through,
    passGate: pastGate,
    commandLine,
    onEvent,
    signal,
    ...(maxWaitMs === undefined ? {} : { limits: { maxLockWaitMs: maxWaitMs } }),
    ...(blockers === undefined ? {} : { blockers }),
  };
}
