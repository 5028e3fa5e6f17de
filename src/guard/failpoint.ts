import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { UsageError } from '../model/error.ts';

/**
 * Places where a test can kill or stop the process. `pass(name)` is called at each; a name that comes again is numbered
 * (`...#1`, `...#2`). Without EVENKEEL_FAILPOINT and EVENKEEL_FAILPOINT_LOG it does nothing.
 *
 * - `EVENKEEL_FAILPOINT=<name>:kill` dies at that place by SIGKILL, like a process that ran out of memory.
 * - `EVENKEEL_FAILPOINT=<name>:stop` stands still at that place (SIGSTOP) until somebody sends SIGCONT: time for a fault.
 * - `EVENKEEL_FAILPOINT=@<file>:kill` dies at the first place that the file does not name yet, after writing it there:
 *   run after run every place has its turn.
 * - `EVENKEEL_FAILPOINT_LOG=<file>` writes down each place that was passed.
 */
export interface Failpoint {
  pass(name: string): void;
  /** Whether the next `pass(name)` would kill or stop: a strike is cut in two only then. */
  armed(name: string): boolean;
}

/** @throws UsageError when the variable is set to something else. */
export function failpointFromEnvironment(environment: Readonly<Record<string, string | undefined>>): Failpoint {
  const setting = environment['EVENKEEL_FAILPOINT'];
  const logFile = environment['EVENKEEL_FAILPOINT_LOG'];
  if (setting === undefined && logFile === undefined) return { pass: () => undefined, armed: () => false };
  const target = setting === undefined ? null : parse(setting);
  const passed = new Map<string, number>();
  const next = (name: string): string => `${name}#${(passed.get(name) ?? 0) + 1}`;
  const armed = (name: string): boolean => target !== null && kills(target, next(name));
  return {
    armed,
    pass: (name) => {
      const numbered = next(name);
      const dies = armed(name);
      passed.set(name, (passed.get(name) ?? 0) + 1);
      if (logFile !== undefined) appendFileSync(logFile, `${numbered}\n`);
      if (!dies || target === null) return;
      if (target.kind === 'file') appendFileSync(target.file, `${numbered}\n`);
      process.kill(process.pid, target.signal);
    },
  };
}

type Target =
  | { readonly kind: 'name'; readonly name: string; readonly signal: 'SIGKILL' | 'SIGSTOP' }
  | { readonly kind: 'file'; readonly file: string; readonly signal: 'SIGKILL' };

function parse(setting: string): Target {
  const match = /^(@?)(.+):(kill|stop)$/.exec(setting);
  const [, at, what, action] = match ?? [];
  if (what === undefined || (at === '@' && action === 'stop')) {
    throw new UsageError(`EVENKEEL_FAILPOINT is "${setting}", not <name>:kill, <name>:stop or @<file>:kill.`, {
      nextCommand: 'unset EVENKEEL_FAILPOINT',
    });
  }
  if (at === '@') return { kind: 'file', file: what, signal: 'SIGKILL' };
  return { kind: 'name', name: what, signal: action === 'stop' ? 'SIGSTOP' : 'SIGKILL' };
}

function kills(target: Target, numbered: string): boolean {
  if (target.kind === 'name') return target.name === numbered;
  return !existsSync(target.file) || !readFileSync(target.file, 'utf8').split('\n').includes(numbered);
}
