import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findPostgresBinaries } from '../../src/server/postgres-binaries.ts';
import type { PostgresServer } from '../../src/server/postgres-server.ts';
import { chooseServerUser } from '../../src/server/server-user.ts';
import { freePort } from './free-port.ts';

/** A server that follows a primary and answers reads. */
export interface Standby {
  readonly port: number;
  readonly pid: number;
  url(database?: string): string;
  stop(): Promise<void>;
}

/**
 * Copies a primary as a base backup does, and lets the copy stream from it.
 *
 * @param name what it calls itself to the primary: its application_name.
 */
export async function startStandby(primary: PostgresServer, name: string): Promise<Standby> {
  const user = chooseServerUser();
  const { folder: binaries } = findPostgresBinaries(primary.major, user);
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-standby-'));
  if (user !== null) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o755);
  const data = path.join(folder, 'data');
  await copyData(primary, data);
  const port = await freePort();
  writeFileSync(path.join(data, 'standby.signal'), '');
  if (user !== null) {
    for (const file of ['standby.signal', 'backup_label']) chownSync(path.join(data, file), user.uid, user.gid);
  }
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    port: String(port),
    max_connections: '200',
    max_prepared_transactions: '10',
    primary_conninfo: `host=127.0.0.1 port=${primary.port} user=postgres application_name=${name}`,
    wal_receiver_status_interval: '1s',
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const log = openSync(path.join(folder, 'log'), 'a');
  const child = spawn(path.join(binaries, 'bin', 'postgres'), ['-D', data, ...flags], {
    ...user,
    cwd: folder,
    stdio: ['ignore', log, log],
  });
  const kill = (): void => void child.kill('SIGQUIT');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    await stopChild(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(child, data, path.join(folder, 'log'));
  } catch (error) {
    await stop();
    throw error;
  }
  const url = (database = 'postgres'): string => `postgresql://postgres@127.0.0.1:${port}/${database}`;
  return { port, pid: child.pid ?? -1, url, stop };
}

/** Without pg_basebackup, which the packages do not have: start, copy, stop, as its documentation has it. */
async function copyData(primary: PostgresServer, data: string): Promise<void> {
  const client = new pg.Client({ connectionString: primary.url() });
  await client.connect();
  try {
    const { rows } = await client.query<{ folder: string }>("SELECT current_setting('data_directory') AS folder");
    const isOld = primary.major < 15;
    await client.query(
      isOld ? "SELECT pg_start_backup('standby', true, false)" : "SELECT pg_backup_start('standby', true)",
    );
    execFileSync('cp', ['-a', rows[0]?.folder ?? '', data]);
    const stop = isOld ? 'SELECT * FROM pg_stop_backup(false, false)' : 'SELECT * FROM pg_backup_stop(false)';
    const { rows: ended } = await client.query<{ labelfile: string }>(stop);
    writeFileSync(path.join(data, 'backup_label'), ended[0]?.labelfile ?? '');
    rmSync(path.join(data, 'postmaster.pid'), { force: true });
    rmSync(path.join(data, 'postmaster.opts'), { force: true });
  } finally {
    await client.end();
  }
}

async function waitUntilReady(child: ChildProcess, data: string, logFile: string): Promise<void> {
  const pidFile = path.join(data, 'postmaster.pid');
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    if (existsSync(pidFile) && readFileSync(pidFile, 'utf8').split('\n')[7]?.trim() === 'ready') return;
    await sleep(20);
  }
  throw new Error(`The standby did not start:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGQUIT');
  const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await gone;
  clearTimeout(late);
}
