import { Command } from 'commander';
import { addRunFlags, guardedRun, type RunFlags } from '../guarded-run.ts';
import type { CommandDeps } from './command-deps.ts';

/** `evenkeel resume`: goes on with what an earlier run has begun, by the plans that the database itself remembers. */
export function resumeCommand(deps: CommandDeps): Command {
  const command = new Command('resume')
    .description(
      'Go on with what an earlier run has begun, from any machine: the database remembers the plans. Begins nothing new.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ DATABASE_URL=postgresql://localhost/shop evenkeel resume\n\nExit code: 0 completed or waiting at a gate, 2 wrong use, 3 not finished and resumable.',
    );
  return addRunFlags(command).action((flags: RunFlags) =>
    guardedRun(['resume'], flags, deps, {
      // Whether the server answers at all; what is to be done it remembers itself.
      lookAhead: async (databaseUrl) => {
        await deps.toolkit.status({ paths: [], databaseUrl });
        return null;
      },
      start: (options) => deps.toolkit.resume(options),
    }),
  );
}
