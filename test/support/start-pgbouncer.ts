import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chooseServerUser } from '../../src/server/server-user.ts';
import { freePort } from './free-port.ts';

const INSTALL = fileURLToPath(new URL('install-pgbouncer.sh', import.meta.url));

export type PoolMode = 'session' | 'transaction' | 'statement';

export interface PgbouncerOptions {
  /** Port of the server behind it, on 127.0.0.1, user `postgres` without a password. */
  readonly serverPort: number;
  readonly mode: PoolMode;
  /** The role that everybody becomes on the server; missing: the one that they say they are. */
  readonly serverRole?: string;
  /** More of its settings: `{ default_pool_size: '1' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A PgBouncer of our own on 127.0.0.1 that lets everybody in and knows all databases of its server. */
export interface Pgbouncer {
  readonly port: number;
  url(database: string): string;
  /** Everybody who is connected through it is cut off, and may come again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

let found: string | null | undefined;

/** Where PgBouncer is, fetched by our script where a Debian machine has none; null when it cannot be had. */
function findPgbouncer(): string | null {
  if (found !== undefined) return found;
  try {
    found = execFileSync('sh', [INSTALL], { stdio: ['ignore', 'pipe', 'ignore'], timeout: 120_000 })
      .toString()
      .trim();
  } catch {
    found = null;
  }
  return found;
}

/** Why no PgBouncer can be started here, or null where one can: `test.skipIf(whyNoPgbouncer() !== null)`. */
export function whyNoPgbouncer(): string | null {
  return findPgbouncer() === null
    ? 'PgBouncer is not installed and could not be fetched: apt-get install pgbouncer'
    : null;
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
  const logFile = path.join(folder, 'log');
  writeFileSync(logFile, '');
  if (user !== null) for (const file of [folder, logFile]) chownSync(file, user.uid, user.gid);
  const url = (database: string): string => `postgresql://postgres@127.0.0.1:${port}/${database}`;
  let child = launch(program, config, logFile);
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    await stopChild(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const restart = async (): Promise<void> => {
    await stopChild(child);
    child = launch(program, config, logFile);
    await waitUntilReady(child, port, logFile);
  };
  try {
    await waitUntilReady(child, port, logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, url, restart, stop };
}

function launch(program: string, config: string, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    return spawn(program, [config], {
      ...(chooseServerUser() ?? {}),
      cwd: path.dirname(config),
      // Its libraries lie beside it where our script fetched it.
      env: { ...process.env, LD_LIBRARY_PATH: path.join(path.dirname(program), 'lib') },
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
}

function configText(
  { serverPort, serverRole, mode, settings }: PgbouncerOptions,
  port: number,
  folder: string,
): string {
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    unix_socket_dir: '',
    // Whoever is to become another role need not be known here.
    auth_type: serverRole === undefined ? 'trust' : 'any',
    auth_file: path.join(folder, 'users.txt'),
    pool_mode: mode,
    ignore_startup_parameters: 'extra_float_digits',
    log_connections: '0',
    log_disconnections: '0',
    ...settings,
  };
  const role = serverRole === undefined ? '' : ` user=${serverRole}`;
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  return `[databases]\n* = host=127.0.0.1 port=${serverPort}${role}\n\n[pgbouncer]\n${lines.join('\n')}\n`;
}

async function waitUntilReady(child: ChildProcess, port: number, logFile: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    if (await answers(port)) return;
    await sleep(20);
  }
  throw new Error(`PgBouncer did not start:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const tell = (is: boolean) => (): void => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', tell(true)).once('error', tell(false));
  });
}

/** At once: it would wait for its clients. */
async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await gone;
}
