import { Command } from 'commander';
import { addJudgeFlags, type JudgeFlags, judgeOptions, pathsArgument } from '../options.ts';
import { printReport } from '../print-report.ts';
import { addTraceFlag, type TraceFlags, withTrace } from '../with-trace.ts';
import type { CommandDeps } from './command-deps.ts';

/** `evenkeel explain <file...>`: what each statement locks, rewrites and reads, without an opinion. */
export function explainCommand({ context, toolkit, setExitCode }: CommandDeps): Command {
  const command = new Command('explain')
    .description('Say what each statement locks, rewrites and reads, without an opinion. Each file is judged alone.')
    .addArgument(pathsArgument('file', 'SQL files', true))
    .addHelpText('after', '\nExample:\n  $ evenkeel explain 0004_email_unique.sql --schema schema.sql --format json');
  addTraceFlag(addJudgeFlags(command, ['text', 'json']));
  return command.action(async (paths: readonly string[], flags: JudgeFlags & TraceFlags) => {
    const config = await toolkit.loadConfig(context.cwd);
    const options = judgeOptions(paths, flags, config);
    const report = await withTrace(flags, context, (trace) => toolkit.explain({ ...options, ...trace }));
    setExitCode(printReport(report, flags.format, context));
  });
}
