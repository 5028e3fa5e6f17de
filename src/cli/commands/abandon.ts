import { Command } from 'commander';
import { durationOf } from '../../model/duration.ts';
import { UsageError } from '../../model/error.ts';
import { eventText } from '../../report/event-text.ts';
import { interruption } from '../interruption.ts';
import { formatOption, requireDatabaseUrl } from '../options.ts';
import { printReport } from '../print-report.ts';
import { shellWord } from '../shell-word.ts';
import type { CommandDeps } from './command-deps.ts';

interface AbandonFlags {
  readonly databaseUrl?: string;
  readonly maxWait: string;
  readonly format: string;
}

/** What is worth a line while it clears up: why it takes so long. */
const TOLD: ReadonlySet<string> = new Set(['lock:wait', 'lock:clear', 'orphan:terminated', 'run:note']);

/** `evenkeel abandon <migration>`: gives up a migration that has begun. */
export function abandonCommand({ context, toolkit, setExitCode }: CommandDeps): Command {
  return new Command('abandon')
    .description(
      'Give up a migration that has begun: what it did stays and is told with the SQL that takes it back, what nothing else needs is cleared away, and the file may be mended or removed.',
    )
    .argument('<migration>', 'the migration, as status calls it')
    .option('--database-url <url>', 'the database (default: DATABASE_URL)')
    .option('--max-wait <time>', 'how long clearing up waits for its locks, such as 90s or 2h', '30min')
    .addOption(formatOption(['text', 'json']))
    .addHelpText(
      'after',
      '\nExample:\n  $ DATABASE_URL=postgresql://localhost/shop evenkeel abandon 0009_customer_full_name\n\nIt runs no undo. Killed or stopped, the same command goes on.\nExit code: 0 given up, 2 wrong use, 3 not through and resumable, or a runner is at work.',
    )
    .action(async (migration: string, flags: AbandonFlags) => {
      const databaseUrl = requireDatabaseUrl(flags.databaseUrl, context, 'abandon');
      const maxWaitMs = durationOf(flags.maxWait);
      if (maxWaitMs === null) {
        throw new UsageError(`--max-wait takes a time such as 90s, 5min or 2h, not ${flags.maxWait}.`, {
          nextCommand: 'evenkeel abandon --help',
        });
      }
      const interrupt = interruption(context, 'Stopping as soon as the step at hand allows');
      try {
        const report = await toolkit.abandon({
          databaseUrl,
          migration,
          maxWaitMs,
          commandLine: `evenkeel abandon ${shellWord(migration)}${flags.databaseUrl === undefined ? '' : ' --database-url "$DATABASE_URL"'}`,
          onEvent: (event) => {
            if (TOLD.has(event.type)) context.stderr.write(`${eventText(event)}\n`);
          },
          signal: interrupt.signal,
        });
        setExitCode(printReport(report, flags.format, context));
      } finally {
        interrupt.close();
      }
    });
}
