import { Command } from 'commander';
import { UsageError } from '../../model/error.ts';
import { interruption } from '../interruption.ts';
import { formatOption, refuseEmpty, requireDatabaseUrl } from '../options.ts';
import { printReport } from '../print-report.ts';
import { shellWord } from '../shell-word.ts';
import type { CommandDeps } from './command-deps.ts';

interface ResolveFlags {
  readonly databaseUrl?: string;
  readonly force?: boolean;
  readonly reason?: string;
  readonly format: string;
}

/** `evenkeel resolve <migration> [step]`: marks as done what somebody has done by hand. */
export function resolveCommand({ context, toolkit, setExitCode }: CommandDeps): Command {
  return new Command('resolve')
    .description(
      'Mark steps of a migration as done that somebody has done by hand: only what a look at the server shows to be there, by its definition.',
    )
    .argument('<migration>', 'the migration, as status calls it')
    .argument(
      '[step]',
      'the step that comes next (default: every step that is not done, up to the first that is not there)',
    )
    .option('--database-url <url>', 'the database (default: DATABASE_URL)')
    .option('--force', 'mark the step whatever the server says; needs --reason')
    .option('--reason <text>', 'why; the ledger keeps it with the database user, the time, and what the server said')
    .addOption(formatOption(['text', 'json']))
    .addHelpText(
      'after',
      '\nExample:\n  $ DATABASE_URL=postgresql://localhost/shop evenkeel resolve 0005_order_customer_fk 02-validate\n\nExit code: 0 marked or at a gate, 1 refused, 2 wrong use, 3 a runner is at work or the server was lost.',
    )
    .action(async (migration: string, step: string | undefined, flags: ResolveFlags) => {
      const databaseUrl = requireDatabaseUrl(flags.databaseUrl, context, 'resolve');
      const forceReason = forceReasonOf(migration, step, flags);
      const interrupt = interruption(context, 'Stopping as soon as the step at hand allows');
      try {
        const report = await toolkit.resolve({
          databaseUrl,
          migration,
          step: step ?? null,
          forceReason,
          commandLine: commandLineOf(migration, step, flags),
          onEvent: () => undefined,
          signal: interrupt.signal,
        });
        setExitCode(printReport(report, flags.format, context));
      } finally {
        interrupt.close();
      }
    });
}

/** Goes into the ledger: the database stands there by the name of a variable. */
function commandLineOf(migration: string, step: string | undefined, { databaseUrl }: ResolveFlags): string {
  const words = ['evenkeel', 'resolve', ...[migration, ...(step === undefined ? [] : [step])].map(shellWord)];
  return [...words, ...(databaseUrl === undefined ? [] : ['--database-url "$DATABASE_URL"'])].join(' ');
}

/** @throws UsageError where the one is given without the other, or for more than one step. */
function forceReasonOf(migration: string, step: string | undefined, { force, reason }: ResolveFlags): string | null {
  refuseEmpty('--reason', reason);
  if (force !== true && reason === undefined) return null;
  if (force === true && reason !== undefined && step !== undefined) return reason;
  const missing = step === undefined ? 'a single step' : force === true ? '--reason' : '--force';
  throw new UsageError(`Marking by force needs ${missing}.`, {
    nextCommand: `evenkeel resolve ${shellWord(migration)} ${step ?? '<step>'} --force --reason "<why>"`,
  });
}
