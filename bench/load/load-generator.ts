import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ConnectionError, InvariantError } from '../../src/model/error.ts';
import type { LoadCommand, LoadMessage } from './load-messages.ts';
import type { LoadReport } from './load-report.ts';

export type LoadSecondMessage = Extract<LoadMessage, { kind: 'second' }>;

/** A run of the load that has begun. */
export interface RunningLoad {
  /** When the first request was due, ms since 1970. */
  readonly startedAtMs: number;
  /** Settles once the load has ended and every request has either its answer or its deadline behind it. */
  readonly report: Promise<LoadReport>;
  /** Nothing becomes due from this moment of the run on, ms; for a load that was started without an end. */
  stopAt(atMs: number): void;
}

/** The load generator's process, from outside. One at a time: connect, run as often as wanted, disconnect. */
export class LoadGenerator {
  readonly #child: ChildProcess;
  readonly #listeners: Set<(message: LoadMessage) => void> = new Set();
  #gone: string | null = null;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message: LoadMessage) => {
      for (const listener of [...this.#listeners]) listener(message);
    });
    child.on('exit', (code, signal) => {
      this.#gone = `the load process ended (${signal ?? `exit code ${code}`})`;
      for (const listener of [...this.#listeners]) listener({ kind: 'broken', message: this.#gone });
    });
  }

  static open(): LoadGenerator {
    const file = fileURLToPath(new URL('./load-process.ts', import.meta.url));
    return new LoadGenerator(fork(file, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
  }

  /** Opens the pool; `keys` is the number of orders to pick from, `prepares: false` is for a transaction pooler. */
  async connect(pool: {
    readonly databaseUrl: string;
    readonly connections: number;
    readonly keys: number;
    readonly prepares?: boolean;
  }): Promise<void> {
    const connected = this.#next('connected');
    this.#tell({ kind: 'connect', prepares: true, ...pool });
    await connected;
  }

  async start(
    load: { readonly ratePerSecond: number; readonly deadlineMs: number; readonly lastsMs: number | null },
    onSecond: (message: LoadSecondMessage) => void = () => undefined,
  ): Promise<RunningLoad> {
    const started = this.#next('started');
    const listener = (message: LoadMessage): void => {
      if (message.kind === 'second') onSecond(message);
    };
    this.#listeners.add(listener);
    const report = this.#next('report').then((message) => message.report);
    const done = report.finally(() => this.#listeners.delete(listener));
    // Whoever waits for the report hears of a failure; before that it must not count as unhandled.
    done.catch(() => undefined);
    this.#tell({ kind: 'start', ...load });
    const { atEpochMs } = await started;
    return { startedAtMs: atEpochMs, report: done, stopAt: (atMs) => this.#tell({ kind: 'stop', atMs }) };
  }

  async disconnect(): Promise<void> {
    const disconnected = this.#next('disconnected');
    this.#tell({ kind: 'disconnect' });
    await disconnected;
  }

  /** Ends the process, whatever it is doing. */
  async close(): Promise<void> {
    if (this.#gone !== null) return;
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.kill('SIGKILL');
    await gone;
  }

  #tell(command: LoadCommand): void {
    if (this.#gone !== null) throw new InvariantError(`The load cannot go on: ${this.#gone}.`);
    this.#child.send(command);
  }

  #next<Kind extends LoadMessage['kind']>(kind: Kind): Promise<Extract<LoadMessage, { kind: Kind }>> {
    return new Promise((resolve, reject) => {
      const listener = (message: LoadMessage): void => {
        if (message.kind !== kind && message.kind !== 'broken') return;
        this.#listeners.delete(listener);
        if (message.kind === kind) resolve(message as Extract<LoadMessage, { kind: Kind }>);
        else reject(new ConnectionError(`The load stopped: ${message.kind === 'broken' ? message.message : kind}`));
      };
      this.#listeners.add(listener);
    });
  }
}
