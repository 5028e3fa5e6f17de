import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type PostgresServer, startPostgresServer } from '../../src/server/postgres-server.ts';
import { startPostgresProcess } from './postgres-process.ts';

/** Part of every URL that a run is given; must never be seen again. */
export const SECRET = 'Hush-7c1f';

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  wal_level: 'logical',
  max_connections: '100',
  max_prepared_transactions: '5',
  fsync: 'off',
  log_min_messages: 'fatal',
};

/** The migrator owns what it changes and may do what a migrator should; the application only works with the rows. */
const ROLES_SQL = `
CREATE ROLE migrator LOGIN PASSWORD '${SECRET}';
GRANT pg_read_all_stats TO migrator;
CREATE ROLE shop LOGIN;`;

/** A server with the roles of the faults, that can be stopped like by a power cut and started again on its data. */
export class FaultServer {
  readonly major: number;
  readonly port: number;
  readonly dataFolder: string;
  readonly #first: PostgresServer;
  readonly #settings: Readonly<Record<string, string>>;
  #pid: number;
  #later: ChildProcess | null = null;

  private constructor(first: PostgresServer, dataFolder: string, settings: Readonly<Record<string, string>>) {
    this.major = first.major;
    this.port = first.port;
    this.dataFolder = dataFolder;
    this.#first = first;
    this.#settings = settings;
    this.#pid = first.pid;
  }

  static async start(major: number, settings: Readonly<Record<string, string>> = {}): Promise<FaultServer> {
    const merged = { ...SETTINGS, ...settings };
    const first = await startPostgresServer({ major, settings: merged });
    const client = await connect(first.url());
    try {
      await client.query(ROLES_SQL);
      if (major >= 15) await client.query('GRANT SET ON PARAMETER deadlock_timeout TO migrator');
      const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
      const dataFolder = rows[0]?.data_directory ?? '';
      return new FaultServer(first, dataFolder, { ...merged, port: String(first.port) });
    } finally {
      await client.end();
    }
  }

  /** As the superuser, without a password. */
  adminUrl(database: string = 'postgres'): string {
    return this.#first.url(database);
  }

  /** Whether it takes connections, as far as its own pid file tells. */
  get isUp(): boolean {
    return existsSync(path.join(this.dataFolder, 'postmaster.pid'));
  }

  /** Everybody is cut off at once and nothing is written any more, as when the power fails. */
  async stopNow(): Promise<void> {
    process.kill(this.#pid, 'SIGQUIT');
    const pidFile = path.join(this.dataFolder, 'postmaster.pid');
    while (existsSync(pidFile)) await sleep(10);
  }

  /** Starts it again on the same port, with crash recovery. */
  async startAgain(): Promise<void> {
    const { major, dataFolder } = this;
    this.#later = await startPostgresProcess({ major, dataFolder, settings: this.#settings });
    this.#pid = this.#later.pid ?? -1;
  }

  async stop(): Promise<void> {
    const later = this.#later;
    if (later !== null && later.exitCode === null && later.signalCode === null) {
      const gone = new Promise<void>((resolve) => later.once('exit', () => resolve()));
      later.kill('SIGQUIT');
      await gone;
    }
    await this.#first.stop();
  }
}

/** A client whose lost connection does not end the process. */
export async function connect(url: string, applicationName: string = 'faults'): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: applicationName });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
