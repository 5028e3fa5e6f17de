import { Command } from 'commander';
import { UsageError } from '../../model/error.ts';
import { snapshotText } from '../../report/snapshot-text.ts';
import { paintFor } from '../color.ts';
import { requireDatabaseUrl } from '../options.ts';
import type { CommandDeps } from './command-deps.ts';

interface SnapshotFlags {
  readonly databaseUrl?: string;
  readonly output: string;
  readonly sample: string;
}

/** A day: nobody waits longer. */
const LONGEST_SAMPLE_SECONDS = 86_400;

/** `evenkeel snapshot`: production in a file, to judge migrations on where production cannot be reached. */
export function snapshotCommand(deps: CommandDeps): Command {
  return new Command('snapshot')
    .description(
      'Write the schema of a live database to a file, with sizes and traffic, for --schema of check, explain and plan. Reads only, and no row of a table.',
    )
    .option('--database-url <url>', 'the database (default: DATABASE_URL)')
    .option('--output <file>', 'where to write it; - for standard output', 'evenkeel.snapshot.json')
    .option('--sample <seconds>', 'how long to count the calls of tables; 0 for the average alone', '2')
    .addHelpText(
      'after',
      '\nExample:\n  $ DATABASE_URL=postgresql://localhost/shop evenkeel snapshot --sample 60\n  $ evenkeel check drizzle --schema evenkeel.snapshot.json\n\nExit code: 0 written, 2 wrong use, no connection or a file that cannot be written.',
    )
    .action((flags: SnapshotFlags) => runSnapshot(flags, deps));
}

async function runSnapshot(flags: SnapshotFlags, { context, toolkit }: CommandDeps): Promise<void> {
  const databaseUrl = requireDatabaseUrl(flags.databaseUrl, context, 'snapshot');
  const sampleMs = sampleOf(flags.sample);
  const file = flags.output === '-' ? null : flags.output;
  if (file !== null && !/\.json$/i.test(file)) {
    throw new UsageError('--output takes a name that ends in .json: by that --schema knows a snapshot from SQL.', {
      nextCommand: 'evenkeel snapshot --output evenkeel.snapshot.json',
    });
  }
  const { snapshot, json } = await toolkit.takeSnapshot({ databaseUrl, output: file, sampleMs });
  if (file === null) context.stdout.write(json);
  else context.stdout.write(snapshotText(snapshot, file, paintFor(context.stdout, context.env)));
}

function sampleOf(seconds: string): number {
  const value = Number(seconds);
  if (/^\d+(\.\d+)?$/.test(seconds) && value <= LONGEST_SAMPLE_SECONDS) return value * 1000;
  throw new UsageError(`--sample takes a number of seconds up to ${LONGEST_SAMPLE_SECONDS}, not ${seconds}.`, {
    nextCommand: 'evenkeel snapshot --help',
  });
}
