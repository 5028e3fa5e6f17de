import type { CliContext } from '../context.ts';
import type { Toolkit } from '../toolkit.ts';

/** What a command is given to do its work with. */
export interface CommandDeps {
  readonly context: CliContext;
  readonly toolkit: Toolkit;
  /** Where a command leaves the exit code of the process. */
  readonly setExitCode: (exitCode: number) => void;
}
