import { Command } from 'commander';
import { UsageError } from '../../model/error.ts';
import type { WatchState } from '../../model/watch-state.ts';
import { terminalProgress } from '../../report/progress-terminal.ts';
import { type WatchOutput, watchJson, watchLog, watchScreen } from '../../report/watch-output.ts';
import { paintFor } from '../color.ts';
import type { CliContext } from '../context.ts';
import { formatOption, refuseEmpty, requireDatabaseUrl } from '../options.ts';
import type { CommandDeps } from './command-deps.ts';

interface WatchFlags {
  readonly databaseUrl?: string;
  readonly run?: string;
  readonly replay?: string;
  readonly every: string;
  readonly format: string;
}

const DEFAULT_EVERY_MS = 250;
/** One look takes some milliseconds of the server; more often than this it would begin to count. */
const LEAST_EVERY_MS = 20;
const MOST_EVERY_MS = 60_000;
/** What took an hour is told in a second. */
const REPLAY_PAUSE_AT_MOST_MS = 1_000;

/** `evenkeel watch`: a running apply, seen from any machine. Exit code 1 when somebody has to act. */
export function watchCommand({ context, toolkit, setExitCode }: CommandDeps): Command {
  return new Command('watch')
    .description('Watch a running apply from any machine: who waits for whom, how far it is, what it cost so far.')
    .option('--database-url <url>', 'the database (default: DATABASE_URL); it is only read')
    .option('--run <id>', 'a run of the ledger (default: the newest, and those that follow)')
    .option(
      '--replay <id>',
      'tell a run that is over once more: its id, or last; pauses are shortened to a second, and left out without a terminal',
    )
    .option(
      '--every <ms>',
      'how often to look: a stall shorter than this may go unseen, each look costs the server a little',
      String(DEFAULT_EVERY_MS),
    )
    .addOption(formatOption(['text', 'json']))
    .addHelpText(
      'after',
      '\nExample:\n  $ DATABASE_URL=postgresql://localhost/shop evenkeel watch\n\nIt ends when the run ends. Ctrl+C leaves at once; the run goes on.\nExit code: 0, or 1 when the run stopped, failed or died: somebody has to act.',
    )
    .action(async (flags: WatchFlags) => {
      const databaseUrl = requireDatabaseUrl(flags.databaseUrl, context, 'watch');
      refuseEmpty('--run', flags.run);
      const replayed = replayedRun(flags);
      const everyMs = everyMsOf(flags.every);
      const left = new AbortController();
      const stopListening = context.onInterrupt(() => left.abort());
      const output = watchOutput(flags.format, context);
      try {
        const { signal } = left;
        const onLook: Parameters<typeof toolkit.watch>[0]['onLook'] = ({ state, newEvents }) =>
          output.show(state, newEvents);
        const last =
          replayed === null
            ? await toolkit.watch({ databaseUrl, run: flags.run ?? null, everyMs, signal, onLook })
            : await toolkit.replay({
                databaseUrl,
                run: replayed === 'last' ? null : replayed,
                pauseAtMostMs: context.stdout.isTerminal && flags.format !== 'json' ? REPLAY_PAUSE_AT_MOST_MS : 0,
                signal,
                onLook,
              });
        setExitCode(signal.aborted ? 0 : exitCodeOf(last));
      } finally {
        output.close();
        stopListening();
      }
      // A connection that is just being made would keep the process for a while.
      if (left.signal.aborted) context.exitNow(0);
    });
}

/** @throws UsageError when it is said twice which run is meant. */
function replayedRun({ run, replay }: WatchFlags): string | null {
  refuseEmpty('--replay', replay);
  if (replay !== undefined && run !== undefined) {
    throw new UsageError('--run watches a run and --replay tells one once more: only one of the two.', {
      nextCommand: `evenkeel watch --replay ${replay}`,
    });
  }
  return replay ?? null;
}

/** @throws UsageError when it is no number of milliseconds that makes sense. */
function everyMsOf(word: string): number {
  const everyMs = /^\d{1,6}$/.test(word) ? Number(word) : Number.NaN;
  if (everyMs >= LEAST_EVERY_MS && everyMs <= MOST_EVERY_MS) return everyMs;
  throw new UsageError(`--every takes milliseconds from ${LEAST_EVERY_MS} to ${MOST_EVERY_MS}, not ${word}.`, {
    nextCommand: `evenkeel watch --every ${DEFAULT_EVERY_MS}`,
  });
}

/** A gate is where a run is meant to end; what stopped, failed or died waits for somebody. */
function exitCodeOf(last: WatchState | null): number {
  return last === null || last.outcome === 'completed' || last.outcome === 'gated' ? 0 : 1;
}

function watchOutput(format: string, context: CliContext): WatchOutput {
  const { stdout, env, now } = context;
  const { write } = stdout;
  if (format === 'json') return watchJson(write);
  const paint = paintFor(stdout, env);
  // A dumb terminal cannot be drawn over.
  if (stdout.isTerminal && env['TERM'] !== 'dumb') {
    return watchScreen({ write, size: () => ({ columns: stdout.columns, rows: stdout.rows }), paint });
  }
  const repeat = (tick: () => void, everyMs: number): (() => void) => {
    const timer = setInterval(tick, everyMs);
    timer.unref();
    return () => clearInterval(timer);
  };
  const { columns } = stdout;
  return watchLog({
    write,
    paint,
    progress: terminalProgress({ write, isTerminal: false, columns, paint, now, repeat }),
  });
}
