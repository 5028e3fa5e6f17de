import { Command } from 'commander';
import type { CheckReport } from '../../model/report.ts';
import { countText } from '../../report/quantity-text.ts';
import { traceBlocks } from '../../report/traced-text.ts';
import { paintFor } from '../color.ts';
import type { CliContext } from '../context.ts';
import { addJudgeFlags, type JudgeFlags, judgeOptions, pathsArgument, refuseEmpty, requirePaths } from '../options.ts';
import { printReport } from '../print-report.ts';
import { addTraceFlag, type TraceFlags, withTrace } from '../with-trace.ts';
import type { CommandDeps } from './command-deps.ts';

interface CheckFlags extends JudgeFlags, TraceFlags {
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly since?: string;
}

const FORMATS = ['text', 'json', 'sarif', 'github', 'gitlab', 'junit', 'markdown'];

/** `evenkeel check [path...]`: what would hurt, why, and the safe way. Exit code 1 when there is any error or warning. */
export function checkCommand(deps: CommandDeps): Command {
  const command = new Command('check')
    .description('Say which migrations would hurt a live database, why, and the safe way.')
    .addArgument(
      pathsArgument('path', 'SQL files and folders of migrations (default: ./drizzle or ./migrations)', false),
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ evenkeel check drizzle --server-version 16\n  $ evenkeel check drizzle --since origin/main --format github\n\nExit code: 0 clean, 1 findings, 2 wrong use or a file that cannot be read.',
    );
  return addTraceFlag(addJudgeFlags(command, FORMATS))
    .option('--since <ref>', 'judge only files added or changed since a git branch, tag or commit; others are replayed')
    .option('--baseline <file>', 'findings that this file accepts do not count')
    .option('--write-baseline <file>', 'accept all findings there are: write them to this file')
    .action((paths: readonly string[], flags: CheckFlags) => runCheck(paths, flags, deps));
}

async function runCheck(paths: readonly string[], flags: CheckFlags, deps: CommandDeps): Promise<void> {
  const { context, toolkit, setExitCode } = deps;
  refuseEmpty('--since', flags.since);
  refuseEmpty('--baseline', flags.baseline);
  refuseEmpty('--write-baseline', flags.writeBaseline);
  const config = await toolkit.loadConfig(context.cwd);
  const options = {
    ...judgeOptions(requirePaths(paths, context, config), flags, config),
    ...(config === null ? {} : { rules: config.rules }),
    ...(flags.baseline === undefined ? {} : { baselineFile: flags.baseline }),
    ...(flags.since === undefined ? {} : { since: flags.since }),
  };
  const report = await withTrace(flags, context, (trace) => toolkit.check({ ...options, ...trace }));
  printTrace(report, flags.format, context);
  setExitCode(
    flags.writeBaseline === undefined
      ? printReport(report, flags.format, context)
      : await writeBaseline(flags.writeBaseline, report, flags.format, deps),
  );
}

/** Formats of other programs have no place for a trace; whoever reads along gets it on the other stream. */
function printTrace(report: CheckReport, format: string, context: CliContext): void {
  if (format === 'text' || format === 'json') return;
  const trace = traceBlocks(report, paintFor(context.stderr, context.env));
  if (trace !== null) context.stderr.write(trace);
}

/** What could not be read cannot be accepted: then the report is printed instead. */
async function writeBaseline(
  file: string,
  report: CheckReport,
  format: string,
  { context, toolkit }: CommandDeps,
): Promise<number> {
  if (report.problems.length > 0) return printReport(report, format, context);
  const count = await toolkit.writeBaseline(file, report);
  context.stdout.write(
    `${countText(count, 'finding')} accepted in ${file}.\nNext: evenkeel check --baseline ${file}\n`,
  );
  return 0;
}
