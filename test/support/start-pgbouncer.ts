import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { chooseServerUser } from '../../src/server/server-user.ts';
import { freePort } from './free-port.ts';

export type PoolMode = 'session' | 'transaction' | 'statement';

export interface PgbouncerOptions {
  /** Port of the server behind it, on 127.0.0.1, user `postgres` without a password. */
  readonly serverPort: number;
  readonly mode: PoolMode;
  /** More of its settings: `{ default_pool_size: '1' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A PgBouncer of our own on 127.0.0.1 that lets everybody in and knows all databases of its server. */
export interface Pgbouncer {
  readonly port: number;
  readonly pid: number;
  url(database: string): string;
  stop(): Promise<void>;
}

/**
 * Why no PgBouncer can be started here, or null where one can: `test.skipIf(whyNoPgbouncer() !== null)`. Root on Debian
 * gets it installed.
 */
export function whyNoPgbouncer(): string | null {
  if (findPgbouncer() !== null) return null;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return 'PgBouncer is not installed, and only root on Debian can install it here: apt-get install pgbouncer';
  }
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    const install = ['install', '-y', '--no-install-recommends', 'pgbouncer'];
    execFileSync('/usr/bin/apt-get', install, { env, stdio: 'pipe', timeout: 120_000 });
  } catch (error) {
    return `PgBouncer is not installed, and apt-get could not install it: ${String(error).split('\n')[0]}`;
  }
  return findPgbouncer() === null ? 'PgBouncer was installed, but is not to be found' : null;
}

function findPgbouncer(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => path.join(folder, 'pgbouncer')).find((file) => existsSync(file)) ?? null;
}

/**
 * Starts a PgBouncer in front of a test server.
 *
 * @throws Error with its log when it does not come up.
 * @example
 * const bouncer = await startPgbouncer({ serverPort: database.port, mode: 'transaction' });
 * try { await work(bouncer.url(database.name)); } finally { await bouncer.stop(); }
 */
export async function startPgbouncer(options: PgbouncerOptions): Promise<Pgbouncer> {
  const program = findPgbouncer();
  if (program === null) throw new Error(whyNoPgbouncer() ?? 'PgBouncer cannot be found');
  const user = chooseServerUser();
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-pgbouncer-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const config = path.join(folder, 'pgbouncer.ini');
  writeFileSync(config, configText(options, port, folder));
  writeFileSync(path.join(folder, 'users.txt'), '"postgres" ""\n');
  const log = openSync(path.join(folder, 'log'), 'a');
  if (user !== null) for (const file of ['', 'log']) chownSync(path.join(folder, file), user.uid, user.gid);
  const child = spawn(program, [config], { ...user, cwd: folder, stdio: ['ignore', log, log] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    await stopChild(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const url = (database: string): string => `postgresql://postgres@127.0.0.1:${port}/${database}`;
  try {
    await waitUntilReady(child, url('pgbouncer'), path.join(folder, 'log'));
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, pid: child.pid ?? -1, url, stop };
}

function configText({ serverPort, mode, settings }: PgbouncerOptions, port: number, folder: string): string {
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    unix_socket_dir: '',
    auth_type: 'trust',
    auth_file: path.join(folder, 'users.txt'),
    admin_users: 'postgres',
    pool_mode: mode,
    ignore_startup_parameters: 'extra_float_digits',
    log_connections: '0',
    log_disconnections: '0',
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  return `[databases]\n* = host=127.0.0.1 port=${serverPort}\n\n[pgbouncer]\n${lines.join('\n')}\n`;
}

/** Its console answers without a server behind it. */
async function waitUntilReady(child: ChildProcess, url: string, logFile: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await sleep(20);
    }
  }
  throw new Error(`PgBouncer did not start:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // At once; SIGINT would wait for its clients.
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await gone;
  clearTimeout(late);
}
