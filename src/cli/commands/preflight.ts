import { Command } from 'commander';
import { formatOption, requireDatabaseUrl } from '../options.ts';
import { printReport } from '../print-report.ts';
import type { CommandDeps } from './command-deps.ts';

interface PreflightFlags {
  readonly databaseUrl?: string;
  readonly format: string;
  readonly pastGate?: string;
}

/** `evenkeel preflight <path>`: whether `apply` could strike now. */
export function preflightCommand({ context, toolkit, setExitCode }: CommandDeps): Command {
  return new Command('preflight')
    .description(
      'Say whether apply could begin right now, step by step until the next gate, and who would be in the way. Writes nothing, and waits for nobody.',
    )
    .argument('<path>', 'SQL file or folder of migrations, or a saved plan (.json)')
    .option('--database-url <url>', 'the database (default: DATABASE_URL)')
    .option('--past-gate <id>', 'look past this gate: what it asked for is deployed')
    .addOption(formatOption(['text', 'json']))
    .addHelpText(
      'after',
      '\nExample:\n  $ DATABASE_URL=postgresql://localhost/shop evenkeel preflight drizzle && evenkeel apply drizzle\n\nExit code: 0 clear, 1 not now, 2 wrong use or no connection.',
    )
    .action(async (path: string, flags: PreflightFlags) => {
      const databaseUrl = requireDatabaseUrl(flags.databaseUrl, context, 'preflight');
      const report = await toolkit.preflight({ path, databaseUrl, pastGate: flags.pastGate ?? null });
      setExitCode(printReport(report, flags.format, context));
    });
}
