import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { UsageError } from '../../src/model/error.ts';

/** The built command line; EVENKEEL_DIST names a build at another place. */
const MAIN = path.resolve(
  fileURLToPath(new URL('../..', import.meta.url)),
  process.env['EVENKEEL_DIST'] ?? 'dist',
  'cli',
  'main.js',
);
const run = promisify(execFile);

export interface RunnerOptions {
  readonly url: string;
  /** The folder of migrations, and where the process works. */
  readonly folder: string;
  /** The failpoint at which it is killed or stands still. */
  readonly at?: { readonly place: string; readonly action: 'kill' | 'stop' };
  /** Where every failpoint that it passes is written down. */
  readonly logFile: string;
  /** A module that is loaded before the program. */
  readonly preload?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** How a run ended. */
export interface RunEnd {
  /** null: a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly output: string;
}

/** `evenkeel apply`, as built and as a user starts it, in a process of its own. */
export class RunnerProcess {
  readonly ended: Promise<RunEnd>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #options: RunnerOptions;
  #output = '';
  #isOver = false;

  private constructor(options: RunnerOptions) {
    const { url, folder, at, logFile, preload, env } = options;
    this.#options = options;
    const { FORCE_COLOR: _color, DATABASE_URL: _url, ...inherited } = process.env;
    const imported = preload === undefined ? [] : ['--import', import.meta.resolve('tsx'), '--import', preload];
    this.#child = spawn(process.execPath, [...imported, MAIN, 'apply', 'migrations', '--through', 'contract'], {
      cwd: path.dirname(folder),
      env: {
        ...inherited,
        NO_COLOR: '1',
        EVENKEEL_AFTER_WATCH: '0',
        DATABASE_URL: url,
        EVENKEEL_FAILPOINT_LOG: logFile,
        ...(at === undefined ? {} : { EVENKEEL_FAILPOINT: `${at.place}:${at.action}` }),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (exitCode, signal) => {
        this.#isOver = true;
        resolve({ exitCode, signal, output: this.#output });
      });
    });
  }

  /** @throws UsageError when the command line is not built. */
  static start(options: RunnerOptions): RunnerProcess {
    if (!existsSync(MAIN)) {
      throw new UsageError('There is no built command line.', { nextCommand: 'npm run build' });
    }
    return new RunnerProcess(options);
  }

  /** What it has printed so far. */
  get output(): string {
    return this.#output;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Waits until it stands still at its place; false when it ended without coming there. */
  async standsStill(): Promise<boolean> {
    const { at, logFile } = this.#options;
    while (!this.#isOver) {
      const passed = existsSync(logFile) ? readFileSync(logFile, 'utf8').split('\n') : [];
      if (at !== undefined && passed.includes(at.place) && (await this.#isStopped())) return true;
      await sleep(5);
    }
    return false;
  }

  goOn(): void {
    this.signal('SIGCONT');
  }

  /** Resolves with how it ended, or null when it has not ended in that time. */
  async endedWithin(ms: number): Promise<RunEnd | null> {
    return Promise.race([this.ended, sleep(ms, null, { ref: false })]);
  }

  /** Waits until it has printed this; false when it ended without. */
  async prints(pattern: RegExp): Promise<boolean> {
    while (!pattern.test(this.#output)) {
      if (this.#isOver) return false;
      await sleep(5);
    }
    return true;
  }

  async #isStopped(): Promise<boolean> {
    const answer = await run('ps', ['-o', 'state=', '-p', String(this.#child.pid)]).catch(() => null);
    return answer?.stdout.startsWith('T') === true;
  }
}
