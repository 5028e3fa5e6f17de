import { type Command, Option } from 'commander';
import { durationOf } from '../model/duration.ts';
import { UsageError } from '../model/error.ts';
import { PHASES, type Phase } from '../model/plan.ts';
import type { RunEvent, RunOutcome } from '../model/run-event.ts';
import { eventJson } from '../report/event-json.ts';
import { terminalProgress } from '../report/progress-terminal.ts';
import { paintFor } from './color.ts';
import type { CommandDeps } from './commands/command-deps.ts';
import type { CliContext } from './context.ts';
import { inWindow } from './in-window.ts';
import { interruption } from './interruption.ts';
import { formatOption, requireDatabaseUrl } from './options.ts';
import { shellWord } from './shell-word.ts';
import type { RunOptions } from './toolkit.ts';

/** Flags of the commands that change a database, as commander hands them over. */
export interface RunFlags {
  readonly databaseUrl?: string;
  readonly format: string;
  readonly through: Phase;
  readonly pastGate?: string;
  readonly maxWait?: string;
  readonly planWindow?: string;
  readonly afterWatch?: string;
}

export interface GuardedRun {
  readonly lookAhead: (databaseUrl: string) => Promise<string | null>;
  readonly start: (options: RunOptions) => Promise<RunOutcome>;
}

/** A gate is not a failure; what is not finished can be resumed, and says so with 3. */
const EXIT_CODES: Readonly<Record<RunOutcome, number>> = { completed: 0, gated: 0, stopped: 3, failed: 3 };

/** Gives a command the flags that `apply` and `resume` share. */
export function addRunFlags(command: Command): Command {
  return command
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
    .option(
      '--after-watch <time>',
      'how long the database is watched afterwards, beside the time before; 0 leaves it out (default: EVENKEEL_AFTER_WATCH, or 60s)',
    )
    .option(
      '--max-wait <time>',
      'how long a step waits for its locks before the run stops, such as 90s or 2h',
      '30min',
    );
}

/**
 * Follows a guarded run to its end: its events, Ctrl+C, the hours it may run in, and its exit code.
 *
 * @param command what was typed, without flags: `['apply', 'drizzle']`.
 * @param run `lookAhead` says before hours of waiting what would stop the run, or null.
 */
export async function guardedRun(
  command: readonly [string, ...string[]],
  flags: RunFlags,
  { context, toolkit, setExitCode }: CommandDeps,
  run: GuardedRun,
): Promise<void> {
  const databaseUrl = requireDatabaseUrl(flags.databaseUrl, context, command[0]);
  const maxWaitMs = maxWaitOf(flags.maxWait ?? '30min');
  const afterWatchMs = afterWatchOf(flags.afterWatch ?? context.env['EVENKEEL_AFTER_WATCH'] ?? '60s');
  const config = await toolkit.loadConfig(context.cwd);
  const interrupt = interruption(context, 'Stopping as soon as the step at hand allows');
  const output = eventOutput(flags.format, context);
  try {
    const beforeWaiting = async (): Promise<void> => {
      const refusal = await run.lookAhead(databaseUrl);
      if (refusal !== null) context.stderr.write(`As things are now, the run would be refused: ${refusal}\n`);
    };
    const work = (signal: AbortSignal): Promise<RunOutcome> =>
      run.start({
        databaseUrl,
        through: flags.through,
        pastGate: flags.pastGate ?? null,
        maxWaitMs,
        afterWatchMs,
        ...(config?.blockers == null ? {} : { blockers: config.blockers }),
        ...(config?.queue == null ? {} : { queue: config.queue }),
        commandLine: commandLineOf(command, flags),
        onEvent: output.listen,
        signal,
      });
    const outcome = await inWindow(flags.planWindow, context, interrupt.signal, { beforeWaiting, work });
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
function commandLineOf(command: readonly string[], flags: RunFlags): string {
  const words = ['evenkeel', ...command.map(shellWord)];
  if (flags.databaseUrl !== undefined) words.push('--database-url "$DATABASE_URL"');
  if (flags.through !== 'migrate') words.push(`--through ${flags.through}`);
  if (flags.maxWait !== undefined && flags.maxWait !== '30min') words.push(`--max-wait ${shellWord(flags.maxWait)}`);
  if (flags.afterWatch !== undefined) words.push(`--after-watch ${shellWord(flags.afterWatch)}`);
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

/** @throws UsageError for what is no time. */
function afterWatchOf(text: string): number {
  const afterWatchMs = text.trim() === '0' ? 0 : durationOf(text);
  if (afterWatchMs !== null) return afterWatchMs;
  throw new UsageError(`--after-watch and EVENKEEL_AFTER_WATCH take a time such as 30s or 5min, or 0, not ${text}.`, {
    nextCommand: 'evenkeel apply --help',
  });
}
