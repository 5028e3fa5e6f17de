import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { ScoutedCase } from './cases/migration-case.ts';
import type { ApplicationLoad } from './load/application-load.ts';
import { type RunEnd, RunnerProcess } from './process/runner-process.ts';
import { connect, type FaultServer, SECRET } from './servers/fault-server.ts';

/** A run of the cell, as it ended; null when it had to be killed because it did not end by itself. */
export type SceneRun = RunEnd | null;

export interface StartOptions {
  readonly at?: { readonly place: string; readonly action: 'kill' | 'stop' };
  /** Another way to the database: a proxy, a pooler, a standby. */
  readonly port?: number;
  readonly preload?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** How long a run may go on after its fault is over before it counts as stuck. */
const ENDS_WITHIN_MS = 60_000;

/** What a fault has in its hands: the server, the database with its load, and runs of `evenkeel apply`. */
export class Scene {
  readonly server: FaultServer;
  readonly database: string;
  readonly scouted: ScoutedCase;
  readonly load: ApplicationLoad;
  /** The superuser in the database of the cell. */
  admin: pg.Client;
  /** Runs that met the fault, in the order in which they ended. */
  readonly runs: SceneRun[] = [];
  /** What a fault found wrong by itself. */
  readonly findings: string[] = [];
  readonly #folder: string;
  readonly #undo: (() => Promise<unknown>)[] = [];
  readonly #last: (() => Promise<unknown>)[] = [];
  readonly #runners: RunnerProcess[] = [];
  readonly #where: { port: number };
  #count = 0;

  constructor(options: {
    readonly server: FaultServer;
    readonly database: string;
    readonly scouted: ScoutedCase;
    readonly load: ApplicationLoad;
    readonly admin: pg.Client;
    readonly folder: string;
    /** Where runs and the application go by default; moves on with a failover. */
    readonly where: { port: number };
  }) {
    this.server = options.server;
    this.database = options.database;
    this.scouted = options.scouted;
    this.load = options.load;
    this.admin = options.admin;
    this.#folder = options.folder;
    this.#where = options.where;
  }

  url(role: 'migrator' | 'shop' | 'postgres', port: number = this.#where.port): string {
    const password = role === 'migrator' ? `:${SECRET}` : '';
    return `postgresql://${role}${password}@127.0.0.1:${port}/${this.database}`;
  }

  /** Starts a run; who starts it waits for its end with `end`. */
  start(options: StartOptions = {}): RunnerProcess {
    this.#count += 1;
    const { port, ...rest } = options;
    const runner = RunnerProcess.start({
      ...rest,
      url: this.url('migrator', port),
      folder: path.join(this.#folder, 'migrations'),
      logFile: path.join(this.#folder, `passed-${this.#count}`),
    });
    this.#runners.push(runner);
    return runner;
  }

  /** Waits for the end of a run and keeps it; one that hangs is killed. */
  async end(runner: RunnerProcess, withinMs: number = ENDS_WITHIN_MS): Promise<SceneRun> {
    const ended = await runner.endedWithin(withinMs);
    this.runs.push(ended);
    if (ended !== null) return ended;
    this.findings.push(`the run did not end by itself within ${withinMs / 1000} s; it said last: ${lastLine(runner)}`);
    runner.signal('SIGKILL');
    await runner.ended;
    return null;
  }

  /** A run that stands still at a place while `make` makes the fault, and then goes on to its end. */
  async standingAt(place: string, make: () => Promise<unknown>, options: StartOptions = {}): Promise<SceneRun> {
    const runner = this.start({ ...options, at: { place, action: 'stop' } });
    if (await runner.standsStill()) {
      await make();
      runner.goOn();
    } else this.findings.push(`the run never came to ${place}`);
    return this.end(runner);
  }

  /** From now on everybody goes to another server, the admin too. */
  async moveTo(port: number): Promise<void> {
    this.#where.port = port;
    await this.admin.end().catch(() => undefined);
    this.admin = await connect(this.url('postgres'));
  }

  /** The admin's session again, after the server went away. */
  async reconnect(): Promise<void> {
    await this.moveTo(this.#where.port);
  }

  /** Undone in turn, the last first, before the database is judged and the runs that go on are started. */
  afterwards(undo: () => Promise<unknown>): void {
    this.#undo.push(undo);
  }

  async undo(): Promise<void> {
    for (const undo of this.#undo.splice(0).reverse()) await undo();
  }

  /** Done once the cell is judged: what the database itself stands on. */
  atTheEnd(close: () => Promise<unknown>): void {
    this.#last.push(close);
  }

  /** Ends whatever was left behind by a cell that broke off. */
  async clear(): Promise<void> {
    for (const runner of this.#runners) if (!runner.isOver) runner.signal('SIGKILL');
    await this.undo().catch(() => undefined);
    await this.admin.end().catch(() => undefined);
    for (const close of this.#last.splice(0).reverse()) await close();
  }

  /** A session beside the application's, ended with the fault. */
  async session(role: 'migrator' | 'shop' | 'postgres', applicationName?: string): Promise<pg.Client> {
    const client = await connect(this.url(role), applicationName);
    this.afterwards(() => client.end().catch(() => undefined));
    return client;
  }

  /** Asks the admin until the answer is true; gives up after a minute and says so. */
  async until(what: string, sql: string, parameters: readonly unknown[] = []): Promise<boolean> {
    const deadline = performance.now() + 60_000;
    while (performance.now() < deadline) {
      const { rows } = await this.admin.query<Record<string, unknown>>(sql, [...parameters]);
      if (Object.values(rows[0] ?? {})[0] === true) return true;
      await sleep(20);
    }
    this.findings.push(`${what} did not come about`);
    return false;
  }
}

function lastLine(runner: RunnerProcess): string {
  return runner.output.trim().split('\n').at(-1) ?? '';
}
