import { Command, Option } from 'commander';
import { durationOf } from '../../model/duration.ts';
import { UsageError } from '../../model/error.ts';
import { PHASES, type Phase } from '../../model/plan.ts';
import type { RunEvent, RunOutcome } from '../../model/run-event.ts';
import { eventJson } from '../../report/event-json.ts';
import { terminalProgress } from '../../report/progress-terminal.ts';
import { paintFor } from '../color.ts';
import type { CliContext } from '../context.ts';
import { inWindow } from '../in-window.ts';
import { interruption } from '../interruption.ts';
import { formatOption, requireDatabaseUrl } from '../options.ts';
import type { CommandDeps } from './command-deps.ts';

interface ApplyFlags {
  readonly databaseUrl?: string;
  readonly format: string;
  readonly through: Phase;
  readonly pastGate?: string;
  readonly maxWait?: string;
  readonly planWindow?: string;
}

/** A gate is not a failure; what is not finished can be resumed, and says so with 3. */
const EXIT_CODES: Readonly<Record<RunOutcome, number>> = { completed: 0, gated: 0, stopped: 3, failed: 3 };

/** `evenkeel apply <path>`: plans what is pending and runs it guarded. */
export function applyCommand(deps: CommandDeps): Command {
  return new Command('apply')
    .description('Plan the pending migrations and run them so that nobody notices. Run it again to resume.')
    .argument('<path>', 'SQL file or folder of migrations')
    .option('--database-url <url>', 'the database (default: DATABASE_URL)')
    .addOption(formatOption(['text', 'json']))
    .addOption(
      new Option('--through <phase>', 'the last phase to run; contract goes on past every gate')
        .choices(PHASES)
        .default('migrate'),
    )
    .option('--past-gate <id>', 'go on past this gate: what it asked for is deployed')
    .option(
      '--plan-window <times>',
      'begin within these hours of the day (02:00-04:00, local time), and stop cleanly at their end',
    )
    .option('--max-wait <time>', 'how long a step waits for its locks before the run stops, such as 90s or 2h', '30min')
    .addHelpText(
      'after',
      '\nExample:\n  $ DATABASE_URL=postgresql://localhost/shop evenkeel apply drizzle\n\nExit code: 0 completed or waiting at a gate, 2 wrong use, 3 not finished and resumable.\nCtrl+C finishes the step at hand and stops; a second Ctrl+C leaves at once.',
    )
    .action((path: string, flags: ApplyFlags) => runApply(path, flags, deps));
}

async function runApply(path: string, flags: ApplyFlags, deps: CommandDeps): Promise<void> {
  const { context, toolkit, setExitCode } = deps;
  const databaseUrl = requireDatabaseUrl(flags.databaseUrl, context, 'apply');
  const maxWaitMs = maxWaitOf(flags.maxWait ?? '30min');
  const config = await toolkit.loadConfig(context.cwd);
  const interrupt = interruption(context, 'Stopping as soon as the step at hand allows');
  const output = eventOutput(flags.format, context);
  try {
    const outcome = await inWindow(flags.planWindow, context, interrupt.signal, (signal) =>
      toolkit.apply({
        path,
        databaseUrl,
        through: flags.through,
        pastGate: flags.pastGate ?? null,
        maxWaitMs,
        ...(config?.blockers == null ? {} : { blockers: config.blockers }),
        commandLine: commandLineOf(path, flags),
        onEvent: output.listen,
        signal,
      }),
    );
    setExitCode(EXIT_CODES[outcome]);
  } finally {
    output.close();
    interrupt.close();
  }
}

function eventOutput(format: string, context: CliContext): { listen: (event: RunEvent) => void; close: () => void } {
  const { stdout, env } = context;
  if (format === 'json') return { listen: (event) => stdout.write(eventJson(event)), close: () => undefined };
  return terminalProgress({
    write: stdout.write,
    isTerminal: stdout.isTerminal,
    columns: stdout.columns,
    paint: paintFor(stdout, env),
    now: context.now,
    repeat: (tick, everyMs) => {
      const timer = setInterval(tick, everyMs);
      timer.unref();
      return () => clearInterval(timer);
    },
  });
}

/** Goes into the ledger and into messages: the database stands there by the name of a variable, never by its address. */
function commandLineOf(path: string, flags: ApplyFlags): string {
  const words = ['evenkeel apply', shellWord(path)];
  if (flags.databaseUrl !== undefined) words.push('--database-url "$DATABASE_URL"');
  if (flags.through !== 'migrate') words.push(`--through ${flags.through}`);
  if (flags.maxWait !== undefined && flags.maxWait !== '30min') words.push(`--max-wait ${shellWord(flags.maxWait)}`);
  if (flags.planWindow !== undefined) words.push(`--plan-window ${shellWord(flags.planWindow)}`);
  return words.join(' ');
}

/** @throws UsageError for what is no time. */
function maxWaitOf(text: string): number {
  const maxWaitMs = durationOf(text);
  if (maxWaitMs !== null) return maxWaitMs;
  throw new UsageError(`--max-wait takes a time such as 90s, 5min or 2h, not ${text}.`, {
    nextCommand: 'evenkeel apply --help',
  });
}

function shellWord(word: string): string {
  return /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
