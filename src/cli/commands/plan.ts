import { Command } from 'commander';
import { addJudgeFlags, type JudgeFlags, judgeOptions, pathsArgument } from '../options.ts';
import { printReport } from '../print-report.ts';
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
  return addJudgeFlags(command, ['text', 'json', 'sql']).action(async (paths: readonly string[], flags: JudgeFlags) => {
    const config = await toolkit.loadConfig(context.cwd);
    const report = await toolkit.makePlan(judgeOptions(paths, flags, config));
    setExitCode(printReport(report, flags.format, context));
  });
}
