import { Command } from 'commander';
import { addJudgeFlags, type JudgeFlags, judgeOptions, pathsArgument, requirePaths } from '../options.ts';
import { printReport } from '../print-report.ts';
import type { CommandDeps } from './command-deps.ts';

/** `evenkeel check [path...]`: what would hurt, why, and the safe way. Exit code 1 when there is any error or warning. */
export function checkCommand({ context, toolkit, setExitCode }: CommandDeps): Command {
  const command = new Command('check')
    .description('Say which migrations would hurt a live database, why, and the safe way.')
    .addArgument(
      pathsArgument('path', 'SQL files and folders of migrations (default: ./drizzle or ./migrations)', false),
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ evenkeel check drizzle --server-version 16\n\nExit code: 0 clean, 1 findings, 2 wrong use or broken SQL.',
    );
  return addJudgeFlags(command, ['text', 'json']).action(async (paths: readonly string[], flags: JudgeFlags) => {
    const report = await toolkit.check(judgeOptions(requirePaths(paths, context), flags));
    setExitCode(printReport(report, flags.format, context));
  });
}
