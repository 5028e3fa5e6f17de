import { DatabaseError, EvenkeelError, SqlSyntaxError } from '../model/error.ts';
import { paintFor } from './color.ts';
import type { CliContext } from './context.ts';
import { redactPasswords } from './redact.ts';

/**
 * Tells an error: one sentence and the next command on stderr, and with `json` the same as an envelope on stdout.
 * Answers the exit code. What is no EvenkeelError is a fault of Evenkeel, and said to be one.
 */
export function printError(error: unknown, context: CliContext, format: 'text' | 'json'): number {
  const paint = paintFor(context.stderr, context.env);
  const known = error instanceof EvenkeelError ? error : null;
  // What a server or parser quotes may go over several lines; the sentence is one.
  const sentence = sentenceOf(error).replace(/\s+/g, ' ');
  const next = known === null ? 'run it again with EVENKEEL_DEBUG=1 and report what it prints' : known.nextCommand;
  if (format === 'json') {
    const { exitCode: _, ...fields } = known === null ? UNKNOWN : fieldsOf(known);
    const envelope = {
      error: { ...fields, message: sentence, nextCommand: next },
    };
    context.stdout.write(`${JSON.stringify(envelope, redactValue)}\n`);
  } else {
    context.stderr.write(`${paint.red(paint.bold('error'))} ${redactPasswords(sentence)}\n`);
    if (next !== null) context.stderr.write(`Next: ${paint.cyan(redactPasswords(next))}\n`);
  }
  if (context.env['EVENKEEL_DEBUG'] === '1') context.stderr.write(`${redactPasswords(stackOf(error))}\n`);
  return known?.exitCode ?? UNKNOWN.exitCode;
}

function redactValue(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? redactPasswords(value) : value;
}

const UNKNOWN = { code: 'fault', recovery: 'escalate', exitCode: 3 } as const;

function fieldsOf(error: EvenkeelError): { readonly exitCode: number } & Readonly<Record<string, unknown>> {
  const base = { code: error.code, recovery: error.recovery, exitCode: error.exitCode };
  if (error instanceof SqlSyntaxError) return { ...base, path: error.path, line: error.line, column: error.column };
  if (error instanceof DatabaseError) return { ...base, sqlstate: error.sqlstate, detail: error.detail };
  return base;
}

function sentenceOf(error: unknown): string {
  if (error instanceof SqlSyntaxError) {
    const where = `${error.path}:${error.line}:${error.column}`;
    return error.message.includes(where) ? error.message : `${where}: ${error.message}`;
  }
  if (error instanceof EvenkeelError) return error.message;
  return `This is a fault of Evenkeel itself: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
}

/** With the stacks of everything that led to it. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\nbecause of ${stackOf(error.cause)}`;
}
