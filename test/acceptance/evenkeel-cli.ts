import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The built command line, as npm would install it; EVENKEEL_DIST names a build at another place. */
const main = path.join(path.resolve(root, process.env['EVENKEEL_DIST'] ?? 'dist'), 'cli', 'main.js');

export interface CliOptions {
  /** Becomes DATABASE_URL. */
  readonly url?: string;
  /** Default: the root of the repository. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface CliResult {
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line under way. */
export interface RunningCli {
  readonly result: Promise<CliResult>;
  /** Resolves once stdout or stderr holds the text; fails when the process ends before. */
  prints(text: string): Promise<void>;
  kill(signal: 'SIGKILL' | 'SIGINT'): void;
}

/** Starts `evenkeel` with these words, as a process of its own. */
export function startEvenkeel(words: readonly string[], options: CliOptions = {}): RunningCli {
  if (!existsSync(main)) throw new TypeError(`there is no ${main}: run npm run build first`);
  const { DATABASE_URL: _url, FORCE_COLOR: _color, ...inherited } = process.env;
  const child = spawn(process.execPath, [main, ...words], {
    cwd: options.cwd ?? root,
    env: {
      ...inherited,
      NO_COLOR: '1',
      EVENKEEL_AFTER_WATCH: '0',
      ...(options.url === undefined ? {} : { DATABASE_URL: options.url }),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const result = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, ...output }));
  });
  return {
    result,
    kill: (signal) => void child.kill(signal),
    prints: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!`${output.stdout}${output.stderr}`.includes(text)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        void result.then((ended) => {
          look();
          reject(new Error(`it ended without "${text}":\n${ended.stdout}${ended.stderr}`));
        });
      }),
  };
}

/** Runs `evenkeel` with these words to its end. */
export function evenkeel(words: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startEvenkeel(words, options).result;
}

/** What the last `Next:` line says to type, as words without `evenkeel`; null when there is none. */
export function nextWords({ stdout, stderr }: CliResult): readonly string[] | null {
  const next = [...`${stdout}\n${stderr}`.matchAll(/^Next: evenkeel (.+)$/gm)].at(-1)?.[1];
  return next === undefined ? null : next.split(' ');
}
