import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { RunEvent } from '../../src/model/run-event.ts';
import { describeRunEvent } from './describe-run-event.ts';
import type { MigrationTask, Strategy, StrategyOutcome, Strike } from './strategy.ts';

/** The command line as it was built, relative to the repository. */
export const EVENKEEL: string = 'dist/cli/main.js';

/** How long an interrupted Evenkeel may take to come to a clean stop. */
const STOP_WITHIN_MS = 3000;

/** What anybody would type: `evenkeel apply <path> --database-url ... --through contract`, watched through its events. */
export const evenkeelStrategy: Strategy = { id: 'evenkeel', name: 'Evenkeel', run: runEvenkeel };

async function runEvenkeel(task: MigrationTask): Promise<StrategyOutcome> {
  const flags = ['--database-url', task.databaseUrl, '--format', 'json', '--through', 'contract'];
  const child = spawn(process.execPath, [EVENKEEL, 'apply', task.path, '--after-watch', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = stopper(child);
  task.signal.addEventListener('abort', stop, { once: true });
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const errors = collect(child);
  const seen = new Attempts();
  let last: Extract<RunEvent, { type: 'run:end' }> | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    const event = parseEvent(line);
    if (event === null) continue;
    seen.see(event);
    if (event.type === 'run:end') last = event;
    const words = describeRunEvent(event);
    if (words !== null) task.say(words);
  }
  const code = await exited;
  task.signal.removeEventListener('abort', stop);
  const { attempts, strikes } = seen;
  if (code === 0 && last?.outcome === 'completed') return { attempts, strikes, finished: true, note: null };
  const note = last?.summary ?? firstError(errors());
  return { attempts, strikes, finished: false, note: note === '' ? `it ended with exit code ${code}` : note };
}

/** The line of a longer outcry that says what is wrong. */
function firstError(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.find((line) => /error/i.test(line)) ?? lines[0] ?? '';
}

/** Asks for a clean stop first, as Ctrl-C does. */
function stopper(child: ChildProcess): () => void {
  return () => {
    child.kill('SIGINT');
    setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS).unref();
  };
}

function collect(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4000);
  });
  return () => text.trim();
}

function parseEvent(line: string): RunEvent | null {
  try {
    const value = JSON.parse(line) as RunEvent;
    return typeof value.type === 'string' ? value : null;
  } catch (error) {
    // Anything else on that stream is not ours to understand.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** When locks were asked for, and how often the first step, the one that brings the column, did. */
class Attempts {
  readonly strikes: Strike[] = [];
  #step: string | null = null;
  #attempts = 0;

  get attempts(): number {
    return this.#attempts;
  }

  see(event: RunEvent): void {
    if (event.type === 'step:start') this.#step ??= `${event.migration}/${event.step}`;
    if (event.type !== 'lock:timeout' && event.type !== 'strike:cancelled' && event.type !== 'step:done') return;
    const tookMs = tookOf(event);
    const untilMs = Date.parse(event.at);
    if (tookMs !== null) this.strikes.push({ fromMs: untilMs - tookMs, untilMs });
    if (`${event.migration}/${event.step}` !== this.#step) return;
    this.#attempts = event.type === 'step:done' ? event.attempts : event.attempt;
  }
}

/** How long a strike asked for its locks or held them, as far as it is told; null: none was made. */
function tookOf(event: Extract<RunEvent, { type: 'lock:timeout' | 'strike:cancelled' | 'step:done' }>): number | null {
  if (event.type === 'step:done') return event.heldMs;
  return event.type === 'lock:timeout' ? event.budgetMs : event.heldUpMs;
}
