import { Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { interruption } from '../interruption.ts';
import { addJudgeFlags, type JudgeFlags, judgeOptions, pathsArgument } from '../options.ts';
import { printReport } from '../print-report.ts';
import type { ProveOptions } from '../toolkit.ts';
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
  addJudgeFlags(command, ['text', 'json', 'sql', 'markdown']).addOption(
    new Option(
      '--prove',
      'also run the plan on a PostgreSQL server of our own, and the migration as it stands beside it, and compare the two',
    ),
  );
  return command.action(async (paths: readonly string[], flags: JudgeFlags & { readonly prove?: boolean }) => {
    const config = await toolkit.loadConfig(context.cwd);
    const options = judgeOptions(paths, flags, config);
    const report = await withProof(flags.prove === true, context, (prove) =>
      toolkit.makePlan({ ...options, ...prove }),
    );
    setExitCode(printReport(report, flags.format, context));
  });
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
