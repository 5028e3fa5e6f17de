import { Command } from 'commander';
import type { PreflightReport } from '../../model/preflight-report.ts';
import { addRunFlags, guardedRun, type RunFlags } from '../guarded-run.ts';
import type { CommandDeps } from './command-deps.ts';

/** `evenkeel apply <path>`: plans what is pending and runs it guarded. */
export function applyCommand(deps: CommandDeps): Command {
  const { toolkit } = deps;
  const command = new Command('apply')
    .description('Plan the pending migrations and run them so that nobody notices. Run it again to resume.')
    .argument('<path>', 'SQL file or folder of migrations')
    .addHelpText(
      'after',
      '\nExample:\n  $ DATABASE_URL=postgresql://localhost/shop evenkeel apply drizzle\n\nExit code: 0 completed or waiting at a gate, 2 wrong use, 3 not finished and resumable.\nCtrl+C finishes the step at hand and stops; a second Ctrl+C leaves at once.',
    );
  return addRunFlags(command).action((path: string, flags: RunFlags) =>
    guardedRun(['apply', path], flags, deps, {
      lookAhead: async (databaseUrl) =>
        refusalIn(await toolkit.preflight({ path, databaseUrl, pastGate: flags.pastGate ?? null })),
      start: (options) => toolkit.apply({ path, ...options }),
    }),
  );
}

/** The first thing that a person has to mend; who is in the way now may be gone when the time comes. */
function refusalIn({ checks, reasons, steps }: PreflightReport): string | null {
  const refused = [...reasons, ...steps.flatMap((step) => step.reasons)].find(({ verdict }) => verdict === 'refused');
  return checks[0]?.measured ?? refused?.sentence ?? null;
}
