import { type Command, Option } from 'commander';
import type { CliContext } from './context.ts';
import { interruption } from './interruption.ts';
import type { TraceOptions } from './toolkit.ts';

export interface TraceFlags {
  readonly trace?: boolean;
}

/** Gives a command the flag `--trace`. */
export function addTraceFlag(command: Command): Command {
  return command.addOption(
    new Option('--trace', 'also run the statements on a PostgreSQL server of our own, and show what it really did'),
  );
}

/** Does the work of a command; with `--trace`, Ctrl+C stops the server and removes it first. */
export async function withTrace<Answer>(
  flags: TraceFlags,
  context: CliContext,
  work: (options: TraceOptions) => Promise<Answer>,
): Promise<Answer> {
  if (flags.trace !== true) return work({});
  const interrupt = interruption(context, 'Stopping the traced server');
  try {
    return await work({ trace: true, signal: interrupt.signal });
  } finally {
    interrupt.close();
  }
}
