import { Command } from 'commander';
import type { BackfillEvent, BackfillOutcome, BackfillRecord } from '../../model/backfill.ts';
import { UsageError } from '../../model/error.ts';
import { backfillProgress } from '../../report/backfill-progress.ts';
import { backfillList, backfillReport } from '../../report/backfill-text.ts';
import { countText } from '../../report/quantity-text.ts';
import { type BackfillFlags, settingsOf } from '../backfill-settings.ts';
import { paintFor } from '../color.ts';
import type { CliContext } from '../context.ts';
import { interruption } from '../interruption.ts';
import { formatOption, requireDatabaseUrl } from '../options.ts';
import type { CommandDeps } from './command-deps.ts';

/** Every one of the commands knows them: those of the words before count for the words behind. */
interface Flags extends BackfillFlags {
  readonly databaseUrl?: string;
  readonly format: 'text' | 'json';
  readonly again?: boolean;
  readonly wait?: boolean;
  readonly booksOnSubscribers?: boolean;
}

const EXIT_CODES: Readonly<Record<BackfillOutcome, number>> = { finished: 0, stopped: 3, cancelled: 1, failed: 1 };

/** `evenkeel backfill`: an UPDATE or DELETE of one's own in small batches, and what can be done with it. */
export function backfillCommand(deps: CommandDeps): Command {
  const command = new Command('backfill')
    .description('Do an UPDATE or DELETE in small batches that nobody feels. Run it again to join or resume it.')
    .argument('[statement]', 'one UPDATE or DELETE, in quotes')
    .option('--database-url <url>', 'the database (default: DATABASE_URL)')
    .addOption(formatOption(['text', 'json']))
    .option('--workers <number>', 'how many sessions work at the same time, 1 to 64')
    .option('--batch <time>', 'how long a batch should take, such as 100ms')
    .option('--duty-cycle <part>', 'the part of the time in which a worker works, 0.01 to 1 (1: no pauses)')
    .option('--failure-budget <rows>', 'how many rows that cannot be changed are put aside before it stops')
    .option('--lock-timeout <time>', 'how long a batch waits for a locked row before it is split')
    .option('--max-wait <time>', 'how long rows that stay locked are waited for in all')
    .option('--limit <signal=value...>', 'another limit of a signal, or off: physical-lag=32MB, dead-rows=off')
    .option('--hold-when <query>', 'it holds while this query answers true')
    .option('--hold-url <url>', 'it holds unless this address answers with 2xx')
    .option('--again', 'begin anew, though the same statement was done before')
    .option('--books-on-subscribers', 'subscribers of a publication FOR ALL TABLES have the schema evenkeel, too')
    .addHelpText('after', HELP)
    .action((statement: string | undefined, flags: Flags) => start(deps, statement, flags));
  for (const sub of subcommands(deps)) command.addCommand(sub);
  return command;
}

const HELP = `
Examples:
  $ evenkeel backfill "UPDATE orders SET total_cents = total * 100 WHERE total_cents IS NULL"
  $ evenkeel backfill list
  $ evenkeel backfill retune 3 --workers 2

Exit code: 0 finished, 1 refused, cancelled, or a person has to mend something, 2 wrong use, 3 not finished and resumable.
Ctrl+C finishes the batches at hand and stops; a second Ctrl+C leaves at once.`;

function subcommands(deps: CommandDeps): readonly Command[] {
  const { toolkit } = deps;
  return [
    listCommand(deps),
    statusCommand(deps),
    ...turningCommands(deps),
    about('resume', 'Let it go on, and work on it.', (id, flags) =>
      follow(deps, flags, (options) => toolkit.backfills.resume({ ...options, id })),
    ),
    about('verify', 'Count the rows that still match, range by range: 1 when there are any.', (id, flags) =>
      verify(deps, id, flags),
    ),
  ];
}

/** A command about one backfill. Its flags are those of `backfill` itself. */
function about(name: string, description: string, act: (id: number, flags: Flags) => Promise<void>): Command {
  return new Command(name)
    .description(description)
    .argument('<id>', 'the number of the backfill')
    .configureHelp({ showGlobalOptions: true })
    .action((id: string, _own: object, self: Command) => act(idOf(id, name), self.optsWithGlobals()));
}

function urlOf(flags: Flags, context: CliContext): string {
  return requireDatabaseUrl(flags.databaseUrl, context, 'backfill');
}

function listCommand({ context, toolkit }: CommandDeps): Command {
  return new Command('list')
    .description('Every backfill of the database.')
    .configureHelp({ showGlobalOptions: true })
    .action(async (_own: object, self: Command) => {
      const flags: Flags = self.optsWithGlobals();
      const records = await toolkit.backfills.list({ databaseUrl: urlOf(flags, context) });
      context.stdout.write(backfillList(records, flags.format, paintFor(context.stdout, context.env)).output);
    });
}

function statusCommand({ context, toolkit, setExitCode }: CommandDeps): Command {
  return about('status', 'How one stands: 0 finished, 1 to look at, 3 not finished yet.', async (id, flags) => {
    const { wait = false } = flags;
    const databaseUrl = urlOf(flags, context);
    const report = await listening(context, (signal) => toolkit.backfills.status({ databaseUrl, id, wait, signal }));
    const { output, exitCode } = backfillReport(report, flags.format, paintFor(context.stdout, context.env));
    context.stdout.write(output);
    setExitCode(exitCode);
  }).option('--wait', 'wait until it is neither running nor paused');
}

/** Those that change what is in the books, and leave the work to others. */
function turningCommands({ context, toolkit }: CommandDeps): readonly Command[] {
  const say = (record: BackfillRecord, flags: Flags, sentence: string): void =>
    context.stdout.write(flags.format === 'json' ? `${JSON.stringify(record)}\n` : `${sentence}\n`);
  return [
    about('pause', 'Let it wait after the batches at hand.', async (id, flags) => {
      const record = await toolkit.backfills.pause({ databaseUrl: urlOf(flags, context), id });
      const sentence = `Backfill ${id} is paused; workers wait from their next batch on.`;
      say(record, flags, `${sentence}\nNext: evenkeel backfill resume ${id}`);
    }),
    about('cancel', 'End it after the batches at hand; what is done stays.', async (id, flags) => {
      const record = await toolkit.backfills.cancel({ databaseUrl: urlOf(flags, context), id });
      say(record, flags, `Backfill ${id} is cancelled; ${countText(record.rowsDone, 'row')} were changed and stay so.`);
    }),
    about('retune', 'Change its settings while it runs.', async (id, flags) => {
      const settings = settingsOf(flags);
      if (Object.keys(settings).length === 0) {
        const nextCommand = `evenkeel backfill retune ${id} --workers 2`;
        throw new UsageError('retune was given no setting.', { nextCommand });
      }
      const record = await toolkit.backfills.retune({ databaseUrl: urlOf(flags, context), id, settings });
      const { workers, batchTargetMs, dutyCycle, failureBudget } = record.settings;
      const now = `workers ${workers}, batches of ${batchTargetMs} ms, duty cycle ${dutyCycle}, failure budget ${failureBudget}`;
      say(record, flags, `Backfill ${id}: ${now}; taken over within a second.`);
    }),
  ];
}

/** @throws UsageError when it is no number. */
function idOf(word: string, command: string): number {
  if (/^\d{1,9}$/.test(word)) return Number(word);
  throw new UsageError(`A backfill is named by its number, not by ${word}.`, {
    nextCommand: `evenkeel backfill list, then evenkeel backfill ${command} <id>`,
  });
}

async function start(deps: CommandDeps, statement: string | undefined, flags: Flags): Promise<void> {
  if (statement === undefined || statement.trim() === '') {
    throw new UsageError('No statement was given.', { nextCommand: 'evenkeel backfill "UPDATE ..."' });
  }
  const what = { statement, again: flags.again === true, booksOnSubscribers: flags.booksOnSubscribers === true };
  await follow(deps, flags, (options) => deps.toolkit.backfills.start({ ...options, ...what }));
}

interface Followed {
  readonly databaseUrl: string;
  readonly settings?: ReturnType<typeof settingsOf>;
  readonly onEvent: (event: BackfillEvent) => void;
  readonly signal: AbortSignal;
}

/** Works on a backfill to its end: its events, Ctrl+C and its exit code. */
async function follow(
  { context, setExitCode }: CommandDeps,
  flags: Flags,
  work: (options: Followed) => Promise<BackfillOutcome>,
): Promise<void> {
  const databaseUrl = urlOf(flags, context);
  const settings = settingsOf(flags);
  const interrupt = interruption(context, 'Stopping after the batches at hand');
  const output = outputOf(flags.format, context);
  try {
    const outcome = await work({
      databaseUrl,
      ...(Object.keys(settings).length === 0 ? {} : { settings }),
      onEvent: output.listen,
      signal: interrupt.signal,
    });
    setExitCode(EXIT_CODES[outcome]);
  } finally {
    output.close();
    interrupt.close();
  }
}

function outputOf(format: 'text' | 'json', context: CliContext): ReturnType<typeof backfillProgress> {
  const { stdout, env, now } = context;
  if (format === 'json') {
    return { listen: (event) => stdout.write(`${JSON.stringify(event)}\n`), close: () => undefined };
  }
  const { write, isTerminal, columns } = stdout;
  return backfillProgress({ write, isTerminal, columns, paint: paintFor(stdout, env), now });
}

async function verify({ context, toolkit, setExitCode }: CommandDeps, id: number, flags: Flags): Promise<void> {
  const databaseUrl = urlOf(flags, context);
  const { backfill, verification } = await listening(context, (signal) =>
    toolkit.backfills.verify({ databaseUrl, id, signal }),
  );
  const { rowsLeft, ranges } = verification;
  const { table } = backfill.definition;
  const sentence =
    rowsLeft === 0
      ? `No row of ${table} matches any more (${countText(ranges, 'range')} counted).`
      : `${countText(rowsLeft, 'row')} of ${table} still ${rowsLeft === 1 ? 'matches' : 'match'} (${countText(ranges, 'range')} counted).\nNext: evenkeel backfill ${JSON.stringify(backfill.statement)} --again`;
  context.stdout.write(
    flags.format === 'json' ? `${JSON.stringify({ backfill: id, ...verification })}\n` : `${sentence}\n`,
  );
  setExitCode(rowsLeft === 0 ? 0 : 1);
}

async function listening<T>(context: CliContext, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const left = new AbortController();
  const close = context.onInterrupt(() => left.abort());
  try {
    return await work(left.signal);
  } finally {
    close();
  }
}
