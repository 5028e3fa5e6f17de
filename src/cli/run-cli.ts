import { Command, CommanderError } from 'commander';
import { UsageError } from '../model/error.ts';
import { abandonCommand } from './commands/abandon.ts';
import { applyCommand } from './commands/apply.ts';
import { backfillCommand } from './commands/backfill.ts';
import { checkCommand } from './commands/check.ts';
import type { CommandDeps } from './commands/command-deps.ts';
import { doctorCommand } from './commands/doctor.ts';
import { explainCommand } from './commands/explain.ts';
import { planCommand } from './commands/plan.ts';
import { preflightCommand } from './commands/preflight.ts';
import { recipesCommand } from './commands/recipes.ts';
import { resolveCommand } from './commands/resolve.ts';
import { resumeCommand } from './commands/resume.ts';
import { rulesCommand } from './commands/rules.ts';
import { snapshotCommand } from './commands/snapshot.ts';
import { statusCommand } from './commands/status.ts';
import { watchCommand } from './commands/watch.ts';
import type { CliContext } from './context.ts';
import { printError } from './error-output.ts';
import type { Toolkit } from './toolkit.ts';

/**
 * Runs one command line, the words after `evenkeel`, and answers the exit code: 0 fine, 1 findings or refused, 2 wrong
 * use or broken input, 3 not finished and resumable. Throws nothing.
 */
export async function runCli(words: readonly string[], context: CliContext, toolkit: Toolkit): Promise<number> {
  let exitCode = 0;
  const setExitCode = (code: number): void => {
    exitCode = code;
  };
  const program = makeProgram({ context, toolkit, setExitCode });
  if (words.length === 0) {
    program.outputHelp({ error: true });
    return 2;
  }
  try {
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return printError(asUsageError(error, words), context, wantsJson(words) ? 'json' : 'text');
  }
}

function makeProgram(deps: CommandDeps): Command {
  const { context } = deps;
  const program = new Command('evenkeel')
    .description('Change the schema of a live PostgreSQL without anybody noticing.')
    .version(context.version)
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      '\nExample:\n  $ evenkeel check drizzle\n\nEvery command explains itself: evenkeel <command> --help',
    );
  const commands = [
    checkCommand,
    explainCommand,
    planCommand,
    applyCommand,
    resumeCommand,
    backfillCommand,
    statusCommand,
    resolveCommand,
    abandonCommand,
    doctorCommand,
    preflightCommand,
    watchCommand,
    snapshotCommand,
    rulesCommand,
    recipesCommand,
  ];
  for (const make of commands) program.addCommand(make(deps));
  for (const command of withAllBelow(program)) {
    command.exitOverride().configureOutput({
      writeOut: context.stdout.write,
      writeErr: context.stderr.write,
      // What is wrong comes back as an exception, and is told in our own form.
      outputError: () => undefined,
    });
  }
  return program;
}

/** A command with the commands of its own, at every depth. */
function withAllBelow(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withAllBelow)];
}

/** By name, to say which one's help is meant. */
const COMMANDS: readonly string[] = [
  'check',
  'explain',
  'plan',
  'apply',
  'resume',
  'backfill',
  'status',
  'resolve',
  'abandon',
  'doctor',
  'preflight',
  'watch',
  'snapshot',
  'rules',
  'recipes',
];

function asUsageError(error: unknown, words: readonly string[]): unknown {
  if (!(error instanceof CommanderError)) return error;
  const message = error.message.replace(/^error: /, '').replace(/\n/g, ' ');
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.?!)]$/.test(message) ? '' : '.'}`;
  const command = COMMANDS.find((name) => words.includes(name));
  return new UsageError(sentence, {
    cause: error,
    nextCommand: ['evenkeel', ...(command === undefined ? [] : [command]), '--help'].join(' '),
  });
}

/** Read by hand: the words may be just what could not be parsed. */
function wantsJson(words: readonly string[]): boolean {
  return words.some((word, index) => word === '--format=json' || (word === '--format' && words[index + 1] === 'json'));
}
