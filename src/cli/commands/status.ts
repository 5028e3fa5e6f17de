import { Command } from 'commander';
import { formatOption, pathsArgument, pathsOrDefault, requireDatabaseUrl } from '../options.ts';
import { printReport } from '../print-report.ts';
import type { CommandDeps } from './command-deps.ts';

interface StatusFlags {
  readonly databaseUrl?: string;
  readonly format: string;
}

/** `evenkeel status [path...]`: where the database stands. Exit code 1 when a person has to look at something. */
export function statusCommand({ context, toolkit, setExitCode }: CommandDeps): Command {
  return new Command('status')
    .description('Say which migrations are applied, pending, waiting at a gate or failed.')
    .addArgument(pathsArgument('path', 'the migrations (default: ./drizzle or ./migrations)', false))
    .option('--database-url <url>', 'the database (default: DATABASE_URL)')
    .addOption(formatOption(['text', 'json']))
    .addHelpText(
      'after',
      '\nExample:\n  $ DATABASE_URL=postgresql://localhost/shop evenkeel status drizzle\n\nExit code: 0, or 1 when a migration failed, was edited after it was applied, or lost its file.',
    )
    .action(async (paths: readonly string[], flags: StatusFlags) => {
      const databaseUrl = requireDatabaseUrl(flags.databaseUrl, context, 'status');
      const config = await toolkit.loadConfig(context.cwd);
      const report = await toolkit.status({ paths: pathsOrDefault(paths, context, config), databaseUrl });
      setExitCode(printReport(report, flags.format, context));
    });
}
