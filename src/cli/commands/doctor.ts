import { Command } from 'commander';
import { formatOption, requireDatabaseUrl } from '../options.ts';
import { printReport } from '../print-report.ts';
import type { CommandDeps } from './command-deps.ts';

interface DoctorFlags {
  readonly databaseUrl?: string;
  readonly format: string;
}

/** `evenkeel doctor`: whether a server is fit for a run, and what to mend. */
export function doctorCommand({ context, toolkit, setExitCode }: CommandDeps): Command {
  return new Command('doctor')
    .description(
      'Look a server over before a migration: rights, settings, pooler, replication, who is in the way. Reads only, and waits for nobody.',
    )
    .option('--database-url <url>', 'the database (default: DATABASE_URL)')
    .addOption(formatOption(['text', 'json']))
    .addHelpText(
      'after',
      '\nExample:\n  $ DATABASE_URL=postgresql://localhost/shop evenkeel doctor\n\nExit code: 0 fine or only things to look at, 1 a check failed, 2 wrong use or no connection.',
    )
    .action(async (flags: DoctorFlags) => {
      const databaseUrl = requireDatabaseUrl(flags.databaseUrl, context, 'doctor');
      setExitCode(printReport(await toolkit.doctor({ databaseUrl }), flags.format, context));
    });
}
