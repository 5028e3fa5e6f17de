import { type ChildProcess, execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chooseServerUser } from '../../src/server/server-user.ts';
import { freePort } from '../../test/support/free-port.ts';
import { connect, type FaultServer } from './fault-server.ts';
import { startPostgresProcess } from './postgres-process.ts';

const run = promisify(execFile);

/** A standby that streams from a primary, made by a base backup of it while it works. */
export class StandbyServer {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(port: number, child: ChildProcess, folder: string) {
    this.port = port;
    this.#child = child;
    this.#folder = folder;
  }

  /** @param sourcePort where it streams from, when not from the primary itself but through a proxy. */
  static async start(primary: FaultServer, sourcePort: number = primary.port): Promise<StandbyServer> {
    const user = chooseServerUser();
    const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-standby-'));
    if (user !== null) chownSync(folder, user.uid, user.gid);
    chmodSync(folder, 0o755);
    const dataFolder = path.join(folder, 'data');
    await backUp(primary, dataFolder);
    const port = await freePort();
    const child = await startPostgresProcess({
      major: primary.major,
      dataFolder,
      settings: {
        port: String(port),
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        wal_level: 'logical',
        max_connections: '100',
        max_prepared_transactions: '5',
        fsync: 'off',
        hot_standby: 'on',
        primary_conninfo: `host=127.0.0.1 port=${sourcePort} user=postgres application_name=standby`,
        wal_retrieve_retry_interval: '200ms',
        log_min_messages: 'fatal',
      },
    });
    return new StandbyServer(port, child, folder);
  }

  url(database: string = 'postgres'): string {
    return `postgresql://postgres@127.0.0.1:${this.port}/${database}`;
  }

  async promote(): Promise<void> {
    const client = await connect(this.url());
    await client.query('SELECT pg_promote(true, 30)').finally(() => client.end());
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
      this.#child.kill('SIGQUIT');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What pg_basebackup does, which the server packages do not have. */
async function backUp(primary: FaultServer, target: string): Promise<void> {
  const client = await connect(primary.adminUrl());
  const [begin, end] =
    primary.major >= 15
      ? ["pg_backup_start('faults', true)", 'pg_backup_stop(false)']
      : ["pg_start_backup('faults', true, false)", 'pg_stop_backup(false, false)'];
  try {
    await client.query(`SELECT ${begin}`);
    const user = chooseServerUser() ?? {};
    // Files come and go meanwhile: one that is gone when its turn comes is in the WAL.
    await run('cp', ['-a', primary.dataFolder, target], user).catch(() => undefined);
    const { rows } = await client.query<{ labelfile: string }>(`SELECT labelfile FROM ${end}`);
    rmSync(path.join(target, 'postmaster.pid'), { force: true });
    rmSync(path.join(target, 'postmaster.opts'), { force: true });
    const owner = chooseServerUser();
    for (const [name, text] of [
      ['backup_label', rows[0]?.labelfile ?? ''],
      ['standby.signal', ''],
    ] as const) {
      const file = path.join(target, name);
      writeFileSync(file, text);
      if (owner !== null) chownSync(file, owner.uid, owner.gid);
    }
  } finally {
    await client.end();
  }
}
