import { Command, Option } from 'commander';
import { UsageError } from '../../model/error.ts';
import type { CliContext } from '../context.ts';
import { interruption } from '../interruption.ts';
import { addJudgeFlags, type JudgeFlags, judgeOptions, pathsArgument } from '../options.ts';
import { printReport } from '../print-report.ts';
import type { ProveOptions, WriteOptions } from '../toolkit.ts';
import type { CommandDeps } from './command-deps.ts';

/** `evenkeel plan <file...>`: the same change in steps that nobody notices. */
export function planCommand({ context, toolkit, setExitCode }: CommandDeps): Command {
  const command = new Command('plan')
    .description(
      'Write the safe plan: steps in the phases expand, migrate and contract, with locks, timeouts and undo.',
    )
    .addArgument(pathsArgument('file', 'SQL files and folders of migrations', true))
    .addHelpText(
      'after',
      '\nExample:\n  $ evenkeel plan drizzle/0002_public_id.sql --schema schema.sql --format sql > safe.sql',
    );
  addJudgeFlags(command, ['text', 'json', 'sql', 'markdown'])
    .addOption(
      new Option(
        '--prove',
        'also run the plan on a PostgreSQL server of our own, and the migration as it stands beside it, and compare the two',
      ),
    )
    .option(
      '--write',
      'put each step into a migration file of its own, in the form that the tool of the migration runs',
    )
    .option(
      '--force',
      'with --write: let the first file take the place of the migration, and change what has to change',
    );
  return command.action(async (paths: readonly string[], flags: PlanFlags) => {
    const write = writeOptions(flags);
    const config = await toolkit.loadConfig(context.cwd);
    const options = judgeOptions(paths, flags, config);
    const report = await withProof(flags.prove === true, context, (prove) =>
      toolkit.makePlan({ ...options, ...prove, ...write }),
    );
    setExitCode(printReport(report, flags.format, context));
  });
}

interface PlanFlags extends JudgeFlags {
  readonly prove?: boolean;
  readonly write?: boolean;
  readonly force?: boolean;
}

/** @throws UsageError when `--force` stands alone, or when the answer has no place for files. */
function writeOptions({ write, force, format }: PlanFlags): WriteOptions {
  if (write !== true && force === true) {
    throw new UsageError('--force is about files that --write would replace.', {
      nextCommand: 'evenkeel plan <file> --write --force',
    });
  }
  if (write === true && format === 'sql') {
    throw new UsageError('--format sql prints one script, and --write makes files.', {
      nextCommand: 'leave out one of the two',
    });
  }
  return { ...(write === true ? { write } : {}), ...(force === true ? { force } : {}) };
}

/** With `--prove`, Ctrl+C stops the server and removes it first. */
async function withProof<Answer>(
  isAsked: boolean,
  context: CliContext,
  work: (options: ProveOptions) => Promise<Answer>,
): Promise<Answer> {
  if (!isAsked) return work({});
  const interrupt = interruption(context, 'Stopping the server of the proof');
  try {
    return await work({ prove: true, signal: interrupt.signal });
  } finally {
    interrupt.close();
  }
}
